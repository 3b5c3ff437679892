"""What may stand under a message as a reaction: one emoji."""

import emoji

from contracts.errors import Code, Refusal


def single(text: str) -> str:
    """The emoji, if `text` is one: a sign, a flag, a keycap, a skin tone or a joined family.

    Both the fully qualified form and the one without variation selectors are known.

    Raises:
        Refusal: it is something else, or several.
    """
    if not emoji.is_emoji(text):
        raise Refusal(Code.REACTION_INVALID, field="$.emoji")
    return text
