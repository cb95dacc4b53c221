# mtpipe get --container: other containers, their names, and films that are damaged.
import json
import subprocess

from harness import LIMIT, CliTest, main


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=LIMIT)


def codecs(path):
    told = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
                          check=True, timeout=LIMIT, stdout=subprocess.PIPE).stdout
    facts = json.loads(told)
    return facts["format"]["format_name"], [stream["codec_name"] for stream in facts["streams"]]


class Containers(CliTest):
    FILES = {"b_data.bin": 1000}

    @classmethod
    def prepare(cls):
        cls.tone = ("-f", "lavfi", "-i", "sine=d=2:r=48000")
        cls.pictures = ("-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=2")
        ffmpeg(*cls.pictures, *cls.tone, "-c:v", "libvpx", "-c:a", "libvorbis", cls.films / "c_vp8.webm")
        ffmpeg(*cls.pictures, *cls.tone, "-c:v", "prores_ks", "-c:a", "pcm_s16le", cls.films / "d_prores.mov")
        whole = (cls.films / "a_film.mkv").read_bytes()
        (cls.films / "e_cut.mkv").write_bytes(whole[:len(whole) * 6 // 10])

    def get(self, name, *options, **more):
        return self.run_mtpipe("get", self.cluster.link(name), *options, **more)

    def test_each_container_into_a_folder_takes_its_ending(self):
        for name, container, family, inside in (
                ("a_film.mkv", "mkv", "matroska,webm", ["h264", "aac"]),
                ("a_film.mkv", "mov", "mov,mp4,m4a,3gp,3g2,mj2", ["h264", "aac"]),
                ("a_film.mkv", "mp4", "mov,mp4,m4a,3gp,3g2,mj2", ["h264", "aac"]),
                ("c_vp8.webm", "webm", "matroska,webm", ["vp8", "vorbis"]),
                ("d_prores.mov", "mkv", "matroska,webm", ["prores", "pcm_s16le"])):
            with self.subTest(name=name, container=container):
                self.ok(self.get(name, "-o", self.out, "--container", container))
                made = self.out / (name.rsplit(".", 1)[0] + "." + container)
                self.assertEqual(codecs(made), (family, inside))

    def test_each_container_to_standard_output(self):
        for name, container, inside in (("a_film.mkv", "mkv", ["h264", "aac"]), ("d_prores.mov", "mov", ["prores", "pcm_s16le"]),
                                        ("c_vp8.webm", "webm", ["vp8", "vorbis"])):
            with self.subTest(container=container):
                done = self.ok(self.get(name, "-o", "-", "--container", container, text=False))
                (self.out / "film").write_bytes(done.stdout)
                self.assertEqual(codecs(self.out / "film")[1], inside)

    def test_what_mp4_cannot_carry_is_told_with_what_can(self):
        for name, able in (("c_vp8.webm", "Matroska and WebM can"), ("d_prores.mov", "Matroska and MOV can")):
            done = self.get(name, "-o", self.out / "x", "--mp4")
            self.assertEqual(done.returncode, 1)
            self.assertIn(able, done.stderr)
            self.assertIn("--container", done.stderr.splitlines()[-1])
            self.left_nothing(self.out)

    def test_a_film_that_ends_in_the_middle(self):
        done = self.get("e_cut.mkv", "-o", self.out / "x.mp4", "--mp4")
        self.fails(done, 1, "damaged", "end is missing", "--keep-going", left=["x.mp4"])
        self.assertEqual(codecs(self.out / "x.mp4")[1], ["h264", "aac"])
        told = self.ok(self.get("e_cut.mkv", "-o", self.out / "y.mp4", "--mp4", "--keep-going")).stderr
        self.assertIn("warning: the film is damaged", told)
        self.assertEqual((self.out / "x.mp4").read_bytes(), (self.out / "y.mp4").read_bytes())

    def test_the_command_line(self):
        self.fails(self.get("a_film.mkv", "-o", self.out / "x", "--container", "avi"), 2, "--container")
        self.fails(self.get("a_film.mkv", "-o", self.out / "x", "--mp4", "--container", "mkv"), 2, "--container")


if __name__ == "__main__":
    main()
