"""Words so small that a text need not have them to be found: they join the words that say something."""

_SAID = """
a an and are about as at be by did do does for from had has have how in is it its of on or that the their to was were
what when where which who why will with
ve ile bir bu da de için icin ki mi mı mu mü ne nasıl nasil neden niçin nicin olan ya veya
а без был была были в во где до для за и из или как когда кто к ко на не но о об от по почему при с со у чем что чтобы
это
"""
WORDS = frozenset(_SAID.split())


def is_small(word):
    """Whether the `word`, as it was typed, is one of those."""
    return word.replace("İ", "i").lower() in WORDS
