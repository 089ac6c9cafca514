"""Words so small that a text need not have them to be found: they join the words that say something."""

_SAID = """
a an and are about as at be by did do does for from had has have how in is it its of on or that the their to was were
what when where which who why will with
ve ile bir bu da de için icin ki mi mı mu mü ne nasıl nasil neden niçin nicin olan ya veya
а без был была были в во где до для за и из или как когда кто к ко на не но о об от по почему при с со у чем что чтобы
это
"""
WORDS = frozenset(_SAID.split())


# Words that say something, but not what a text is about.
_TOLD = """
account after again against also always answer article because become been before began behind being between both call called
case chapter come could describe described during each early east eastern either else enough even ever every explain explains
explained first found from further give given gives half here however into itself just keep kept kind know known largest last
late later least less like likely made make makes many matter mean means might month months more most much must name named
never next north northern nothing often only other others over part people perhaps place question read reader readers report
reported rest said same says second should side sides since some south southern still such take taken takes than them then
there these they thing things third this those though three through today told turn turned under understand until upon used
usual usually very want wanted wants week well went were west western while whole whose within without word words would year
years your
ama ancak başka böyle çok daha değil diye fazla gibi göre hem hep her hiç ise kadar kendi olarak oldu sonra şey üzere yalnız
yeni yıl zaman
более быть ведь весь всё все даже если ещё есть затем здесь какой которая которое которые который между много может можно
надо него нужно один однако она они очень после потом потому сейчас снова сначала сторона сторону стороны также такой того
только тоже уже часть человек через чтобы этого этой этот
"""
DULL = WORDS | frozenset(_TOLD.split())


def is_dull(word):
    """Whether the `word` tells nothing of what a text is about."""
    return word.replace("İ", "i").lower() in DULL


def is_small(word):
    """Whether the `word`, as it was typed, is one of those."""
    return word.replace("İ", "i").lower() in WORDS
