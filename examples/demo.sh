#!/usr/bin/env bash
# From nothing to a film: installs what is missing, builds mtpipe, makes a film, serves it from a local data-centre
# cluster, signs in, downloads it over encrypted MTProto connections, and changes its container to MP4.
# Everything stays in build/; nothing goes over the network but packages. examples/demo.sh [--phone]
set -euo pipefail
cd "$(dirname "$0")/.."

sign_in=bot
case "${1:-}" in
  "") ;;
  --phone) sign_in=phone ;;
  *)
    echo "usage: examples/demo.sh [--phone]" >&2
    exit 2
    ;;
esac

say() { printf '\n== %s\n' "$*"; }

say "packages"
. .ci/packages
# shellcheck disable=SC2086
.ci/install-packages $build_packages $program_packages $demo_packages
echo "all there"

say "mtpipe"
cmake --preset demo --log-level=WARNING >/dev/null
cmake --build --preset demo --target mtpipe
mtpipe=$PWD/build/demo/bin/mtpipe

demo=$PWD/build/demo
mkdir -p "$demo/films"
film=$demo/films/film.mkv
if [ ! -f "$film" ]; then
  say "the film, made once: 25 s of H.264 and AAC in Matroska"
  # Made beside the folder that is served: an interrupted ffmpeg leaves its file behind.
  # Noise keeps the encoder from finding anything to save, so that the size is that of a real film.
  ffmpeg -nostdin -v error -y \
    -f lavfi -i "testsrc2=s=1280x720:r=30,hue=h=14*t,noise=alls=24:allf=t+u" \
    -f lavfi -i "aevalsrc='0.2*sin(2*PI*(220+40*sin(2*PI*t/5))*t)|0.2*sin(2*PI*(330+60*sin(2*PI*t/7))*t)':s=48000" \
    -t 25 -c:v libx264 -preset ultrafast -bf 2 -g 60 -pix_fmt yuv420p -b:v 36M -minrate 36M -maxrate 36M -bufsize 18M \
    -c:a aac -b:a 128k -metadata title="mtproto demo" -f matroska "$demo/film.mkv.new"
  mv "$demo/film.mkv.new" "$film"
fi

work=$(mktemp -d "$demo/run.XXXXXX")
cluster=
end() {
  if [ -n "$cluster" ]; then
    kill "$cluster" 2>/dev/null || true
    wait "$cluster" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export XDG_DATA_HOME=$work/data

say "a cluster of three data centres on this machine, 20 ms away, 12 MB/s a connection"
"$mtpipe" localdc "$demo/films" --info "$work/dc.json" --rtt 20 --rate 12000000 >"$work/cluster.log" 2>&1 &
cluster=$!
for _ in $(seq 200); do
  [ ! -f "$work/dc.json" ] || break
  kill -0 "$cluster" 2>/dev/null || {
    cat "$work/cluster.log" >&2
    exit 1
  }
  sleep 0.05
done
[ -f "$work/dc.json" ] || {
  echo "the cluster does not come up" >&2
  exit 1
}
cat "$work/cluster.log"
fact() { sed -n "s/.*\"$1\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" "$work/dc.json"; }
tg() { "$mtpipe" --dc-info "$work/dc.json" "$@"; }

say "sign in ($sign_in) at the home data centre, DC $(fact home_dc)"
if [ "$sign_in" = bot ]; then
  echo "12345:any-token-will-do" | tg login --bot -
else
  fact login_code | tg login --phone +4912345678 --code -
fi

link=https://t.me/demo/2
say "$link"
tg info $link

say "download it as it is, over 6 connections"
tg get $link -o "$work/film.mkv" --connections 6 --progress --stats
served=$(sed -n 's/.*"id":2,[^}]*"sha256":"\([0-9a-f]*\)".*/\1/p' "$work/dc.json")
downloaded=$(sha256sum <"$work/film.mkv" | cut -d ' ' -f 1)
echo "SHA-256 as served:     $served"
echo "SHA-256 as downloaded: $downloaded"
[ -n "$served" ] && [ "$served" = "$downloaded" ] || {
  echo "they differ" >&2
  exit 1
}
echo "equal"

say "download it as MP4, the streams copied"
tg get $link -o "$demo/demo.mp4" --mp4 --connections 6 --progress --stats
ffprobe -v error -show_entries format=filename,format_name,duration,size:stream=index,codec_name,width,height,sample_rate,channels \
  -of compact "$demo/demo.mp4"

say "done: $demo/demo.mp4"
