# The documents' links lead somewhere; with `--extract FILE OUT_DIR`, writes a document's C++ blocks as sources to compile.
import pathlib
import re
import sys

import tree


def code_blocks(text, language="cpp"):
    """The fenced blocks of a language as (line of the first line, text)."""
    found = []
    for match in re.finditer(rf"^```{language}\n(.*?)^```", text, re.M | re.S):
        found.append((tree.line_of(text, match.start(1)), match.group(1)))
    return found


def links(path, text):
    """What the relative links of a document point to and is not there."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)
    found = []
    for match in re.finditer(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        target = match.group(1)
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        if not (tree.ROOT / path).parent.joinpath(target.split("#")[0]).exists():
            found.append(f"{path}: the link to {target} leads nowhere")
    return found


def extract(source, folder):
    """One file a block; a #line directive makes the compiler's messages point into the document."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks = code_blocks(source.read_text(encoding="utf-8"))
    for number, (line, code) in enumerate(blocks):
        made = folder / f"{source.stem}_{number}.cpp"
        text = f'#line {line} "{source}"\n{code}'
        if not made.exists() or made.read_text(encoding="utf-8") != text:
            made.write_text(text, encoding="utf-8")
        print(made)
    return 0


def main():
    if sys.argv[1:2] == ["--extract"]:
        return extract(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    found = []
    for path in tree.files(".md"):
        found += links(path, tree.read(path))
    return tree.report("links of the documents", found)


if __name__ == "__main__":
    sys.exit(main())
