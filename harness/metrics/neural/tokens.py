"""Texts as tokens, by the tokenizer of a model's folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from harness.errors import InputError
from harness.metrics.neural.packages import package

__all__ = ["Tokenizer", "Tokens", "tokenizer_files"]

#: Files that determine how a folder's tokenizer works; the first that is there is read.
FILES = ("tokenizer.json", "sentencepiece.bpe.model", "spiece.model")
#: A model whose vocabulary is larger than its tokenizer's by more than this share belongs to
#: another tokenizer.
SLACK = 0.02
#: Where more than this share of a text's tokens is unknown, a score says little.
UNKNOWN = 0.5


class Tokens(NamedTuple):
    """A text as tokens, without those that stand for no text; where each begins and ends; whether
    more than half of them are unknown."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    unknown: bool


def tokenizer_files(folder: Path) -> list[Path]:
    """The file that determines the tokenizer in ``folder``.

    Raises
    ------
    InputError
        There is none.
    """
    for name in FILES:
        if (folder / name).is_file():
            return [folder / name]
    raise InputError(
        "the folder holds no tokenizer",
        file=folder,
        expected=f"one of: {', '.join(FILES)}",
        remedy="put the tokenizer of the model there",
    )


class Tokenizer:
    """The tokenizer in ``folder``, for a model with a vocabulary of ``vocabulary`` tokens.

    Raises
    ------
    InputError
        There is none, it cannot be read, or it does not belong to the model.
    """

    def __init__(self, folder: Path, vocabulary: int) -> None:
        (file,) = tokenizer_files(folder)
        try:
            if file.name == "tokenizer.json":
                self._made = package("tokenizers").Tokenizer.from_file(str(file))
            else:
                auto = package("transformers").AutoTokenizer
                self._made = auto.from_pretrained(str(folder), local_files_only=True)
                self._made = self._made.backend_tokenizer
        except InputError:
            raise
        except Exception as error:
            raise InputError(
                "the tokenizer cannot be read",
                file=file,
                found=" ".join(str(error).split())[:160],
                remedy="download it again, whole",
            ) from error
        self._made.no_truncation()
        self._made.no_padding()
        before: Any = getattr(self._made, "pre_tokenizer", None)
        if type(before).__name__ == "ByteLevel":  # of RoBERTa: the first word is a word too
            before.add_prefix_space = True
        size = int(self._made.get_vocab_size(with_added_tokens=True))
        if not vocabulary * (1 - SLACK) <= size <= vocabulary:
            raise InputError(
                "the tokenizer does not belong to the model",
                file=file,
                found=f"{size:,} tokens",
                expected=f"{vocabulary:,}, as the model has, or a few less",
                remedy="put the tokenizer that the model was trained with into the folder",
            )
        self.unknown = self._id("<unk>", "[UNK]")

    def _id(self, *names: str) -> int | None:
        ids = (self._made.token_to_id(name) for name in names)
        return next((i for i in ids if i is not None), None)

    def check(
        self, file: Path, wanted: Mapping[str, int | None], names: Mapping[str, Sequence[str]]
    ) -> None:
        """Refuse a tokenizer whose special tokens are not where the model has them.

        Raises
        ------
        InputError
            One is not.
        """
        for role, own in names.items():
            found = self._id(*own)
            if found is None or wanted.get(role) not in (None, found):
                raise InputError(
                    "the tokenizer does not belong to the model",
                    file=file,
                    found=f"{role} token: {found}",
                    expected=f"{wanted.get(role)}, as in the model's config",
                    remedy="put the tokenizer that the model was trained with into the folder",
                )

    def token(self, *names: str) -> int:
        """The id of a token that has one of these names.

        Raises
        ------
        InputError
            There is none.
        """
        found = self._id(*names)
        if found is None:
            raise InputError(f"the tokenizer has no token {names[0]}")
        return found

    def of(self, texts: Sequence[str]) -> list[Tokens]:
        """Texts as tokens."""
        made: list[Any] = self._made.encode_batch(list(texts), add_special_tokens=False)
        found = []
        for one in made:
            ids = list(one.ids)
            unknown = sum(i == self.unknown for i in ids) > UNKNOWN * len(ids)
            found.append(Tokens(ids, list(one.offsets), unknown))
        return found
