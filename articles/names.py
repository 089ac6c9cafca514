"""Names, folded once: the one place that knows which spellings are the same name.

Turkish has four letters for two of English (I ı, İ i), Russian is written in another script, and readers
type neither diacritics nor the right dash. Look-ups, slugs, aliases and search all compare folded names.
"""

import hashlib
import re
import unicodedata

# Russian after the usual English-language practice, with the Ukrainian letters.
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
            "i",
            "yi",
            "ye",
            "g",
        ],
        strict=True,
    )
)
# Letters that Unicode does not decompose into a base letter and a mark.
_LATIN = {
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ħ": "h",
    "ŋ": "n",
    "ə": "e",
}
_TABLE = str.maketrans(_CYRILLIC | _LATIN)
_APOSTROPHES = re.compile("['’ʼ`´]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")  # turn round what follows, on whatever page that is (UAX 9)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

SLUG_LENGTH = 80

# Names of one place or people in the languages of the subject: whoever looks for one means all of a line.
PLACES = """
Turkey Türkiye Türkei Turquie Турция
Turkish Türk турецкий
Russia Rusya Россия
Russian Rus российский русский
Ukraine Ukrayna Украина
Ukrainian Ukraynalı украинский
Syria Suriye Сирия
Syrian Suriyeli сирийский
Libya Ливия
Crimea Kırım Крым
Istanbul İstanbul Стамбул
Ankara Анкара
Moscow Moskova Москва
Kyiv Kiev Киев Київ
Odesa Odessa Одесса
Azerbaijan Azerbaycan Азербайджан
Armenia Ermenistan Армения
Georgia Gürcistan Грузия
Karabakh Karabağ Garabagh Karabach Qarabağ Карабах
Caucasus Kafkasya Кавказ
Bosporus Bosphorus Boğaziçi Босфор
Dardanelles Çanakkale Дарданеллы
Montreux Montrö Монтрё
Europe Avrupa Европа
Germany Almanya Германия
Iran İran Иран
Israel İsrail Израиль
Greece Yunanistan Греция
Finland Finlandiya Финляндия
Sweden İsveç Швеция
Baku Bakü Баку
Sochi Soçi Сочи
Akkuyu Аккую
Idlib İdlib Идлиб
NATO НАТО
EU AB ЕС
UN BM ООН
Erdogan Erdoğan Эрдоган
Putin Путин
Assad Esad Асад
Haftar Hafter Хафтар
Zelensky Zelenskyy Zelenskiy Зеленский
"""


def letters():
    """Return {letter: the Latin letters it folds to}, for scripts of pages that fold what is typed."""
    return _CYRILLIC | _LATIN


def clean(text):
    """Return `text` without what no database, feed or browser takes, line ends as one newline.

    Control characters (but tab and newline), lone surrogates and the two non-characters U+FFFE and U+FFFF go
    (XML 1.0, section 2.2); everything else stays as it was typed.
    """
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text):
    """Return `text` cleaned and on one line, without space at its ends or marks that turn round what follows it."""
    return " ".join(_DIRECTION.sub("", clean(text)).split())


def fold(text):
    """Return the key under which spellings of one name are equal: ASCII where the script allows, lower case.

    İstanbul, ISTANBUL and istanbul give one key, as do Erdoğan, Erdogan and Эрдоган. Whatever is neither letter
    nor digit counts as one space; apostrophes vanish. The key is empty when nothing is left.
    """
    text = unicodedata.normalize("NFKC", clean(text)).replace("İ", "i").casefold()
    text = unicodedata.normalize("NFC", text).translate(_TABLE)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text)
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def words(text):
    """Return the folded words of `text`, for search. An apostrophe divides: Erdoğan’ın is found by Erdogan."""
    return fold(_APOSTROPHES.sub(" ", text)).split()


def slugify(text):
    """Return a slug for `text`: lower-case ASCII letters, digits and single hyphens, 1 to 80 characters.

    A text in a script that is not transliterated, or with no letter at all, gets a short digest of itself, so that
    no slug is ever empty; a slug of digits alone is prefixed, since `/articles/2024/` is an archive.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    if not slug:
        return "n-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"n-{slug}" if slug.isdigit() else slug


def free_slug(text, is_taken):
    """Return a slug for `text` for which `is_taken(slug)` is false, numbered -2, -3, … when need be."""
    base = slug = slugify(text)
    number = 1
    while is_taken(slug):
        number += 1
        slug = f"{base[: SLUG_LENGTH - 6]}-{number}"
    return slug
