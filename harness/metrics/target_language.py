"""What sacrebleu advises for a target language: tokenizers of BLEU, and the words of TER."""

from __future__ import annotations

from collections.abc import Mapping

from sacrebleu.metrics.bleu import BLEU as SacreBLEU

from harness.errors import InputError

__all__ = ["AUTO", "PACKAGES", "check_auto", "has_no_spaces", "tokenizer_for"]

#: The value of a parameter that follows from the target language.
AUTO = "auto"

#: The tokenizers that need a package -> what to do without it.
PACKAGES: Mapping[str, str] = {
    f"{language}-mecab": f"pip install 'sacrebleu[{language}]', or count characters:"
    " metrics.bleu.tokenize=char"
    for language in ("ja", "ko")
}

_CODES: Mapping[str, str] = {
    **dict.fromkeys(("zho", "chi", "cmn", "yue"), "zh"),
    "jpn": "ja",
    "kor": "ko",
}


def _language(code: str) -> str:
    """The language of a code such as zh-CN or jpn, as sacrebleu names it; others as they are."""
    main = code.replace("_", "-").partition("-")[0].lower()
    return _CODES.get(main, main)


def tokenizer_for(target: str) -> str:
    """The tokenizer of BLEU that sacrebleu takes for a target language."""
    known: Mapping[str, str] = SacreBLEU._TOKENIZER_MAP
    return known.get(_language(target), SacreBLEU.TOKENIZER_DEFAULT)


def has_no_spaces(target: str) -> bool:
    """Whether the language is Chinese or Japanese, for which TER splits text into characters."""
    return _language(target) in ("zh", "ja")


def check_auto(metric: str, **values: bool | str) -> None:
    """Refuse a value that is neither true, false nor 'auto'.

    Raises
    ------
    InputError
        It names the parameter.
    """
    for name, value in values.items():
        if not isinstance(value, bool) and value != AUTO:
            raise InputError(
                f"the parameter {name} of {metric} is out of range",
                found=repr(value),
                expected="true, false or auto",
            )
