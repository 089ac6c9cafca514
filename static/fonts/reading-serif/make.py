"""Make the reading face from the npm package `source-serif` 4.5.1 (README.md beside this file).

npm pack source-serif@4.5.1 && tar xf source-serif-4.5.1.tgz
pip install fonttools==4.68.0 brotli && python make.py package/VAR
"""

import io
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# What English and Turkish are written with, and the commonest accents of other names.
LATIN = (
    "20-7E,A0,A3,A7,A9,AB,B0,B7,BB,C2,C4,C7,C9,CE,D6,DB,DC,DF,E0-E2,E4,E7-EB,ED-EE,F1,F3-F4,F6,FA-FC,"
    "11E-11F,130-131,15E-15F,2013-2014,2018-2019,201C-201E,2022,2026,20AC,20BA,2190,2192,2212,2248"
)
# The rest of western and central Europe, and signs.
MORE = (
    "A1-A2,A4-A6,A8,AA,AC,AE-AF,B1-B6,B8-BA,BC-C1,C3,C5-C6,C8,CA-CD,CF-D5,D7-DA,DD-DE,E3,E5-E6,EC,EF-F0,F2,F5,F7-F9,"
    "FD-FF,106-107,10C-10D,141-142,152-153,160-161,17D-17E,18F,259,2010-2012,2015,201A,2020-2021,202F,2030,2032-2033,"
    "2039-203A,20BD,2122,2191,2193,2264-2265"
)
CYRILLIC = "400-45F,490-491,2116"
FACES = {"roman": ("Roman", (400, 600)), "italic": ("Italic", 400)}
FILES = {"": LATIN, "-more": MORE, "-cyrillic": CYRILLIC}


def instance(folder, style, weight):
    """Return the bytes of the upright or italic font at reading size and `weight` (or a range), kerned as at 400.

    Kerning that varies with the weight would be a fifth of the file, for differences nobody sees.
    """
    path = folder / f"SourceSerif4Variable-{style}.ttf"
    font = instantiateVariableFont(TTFont(path), {"opsz": 14, "wght": weight})
    regular = instantiateVariableFont(TTFont(path), {"opsz": 14, "wght": 400})
    for table in ("GDEF", "GPOS"):
        regular[table].ensureDecompiled(recurse=True)
        font[table] = regular[table]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def main():
    """Write the files beside this one."""
    folder = Path(sys.argv[1])
    for name, (style, weight) in FACES.items():
        whole = instance(folder, style, weight)
        for suffix, characters in FILES.items():
            font = TTFont(io.BytesIO(whole))
            options = Options(
                hinting=False, name_IDs=[], layout_features=["kern", "liga", "onum", "pnum", "ccmp", "locl"]
            )
            subsetter = Subsetter(options)
            # A space in each: text shapers show what is invisible with it.
            subsetter.populate(unicodes=parse_unicodes(f"20,{characters}"))
            subsetter.subset(font)
            font.flavor = "woff2"
            font.save(Path(__file__).with_name(f"{name}{suffix}.woff2"))


if __name__ == "__main__":
    main()
