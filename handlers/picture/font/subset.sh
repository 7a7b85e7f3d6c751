#!/bin/sh
# Makes microhei.ttf: the outlines of WenQuanYi Micro Hei (Debian's package
# fonts-wqy-microhei) for everything that stands in GB 2312, GBK and Big5, all Han of
# Unicode's basic block, and Latin with its accents; without hints, kerning and
# the monospaced face. It takes pyftsubset of fonttools.
#
#   sh handlers/picture/font/subset.sh [/usr/share/fonts/truetype/wqy/wqy-microhei.ttc]
set -eu
cd "$(dirname "$0")"
source=${1:-/usr/share/fonts/truetype/wqy/wqy-microhei.ttc}
characters=$(mktemp)
trap 'rm -f "$characters"' EXIT
python3 - >"$characters" <<'PYTHON'
import sys

wanted = {chr(c) for first, last in ((0x20, 0x7E), (0xA0, 0x24F), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x4E00, 0x9FA5)) for c in range(first, last + 1)}
wanted |= set("€£¥℃№™←↑→↓↔○●◇◆□■△▲▽▼★☆※♀♂✓✗〓〇")
for encoding in ("gb2312", "gbk", "big5"):
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            try:
                wanted |= set(bytes((high, low)).decode(encoding))
            except UnicodeDecodeError:
                pass
sys.stdout.reconfigure(encoding="utf-8")
print("".join(sorted(wanted)))
PYTHON
pyftsubset "$source" --font-number=0 --text-file="$characters" --output-file=microhei.ttf \
	--no-hinting --no-glyph-names --notdef-outline --layout-features='' --name-IDs='0,1,2,3,4,5,6,7,13,14' \
	--drop-tables+=FFTM,GDEF,GPOS,GSUB,vhea,vmtx,gasp,prep,fpgm,cvt
