"""The sentences every installation speaks: prompts files, and the overrides of `routes.yaml`.

A prompt is found by its occasion (`not_understood_second_time`). Its placeholders must be the same in every language
and in an override, since the engine fills them without knowing the sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.domain.dialplan import document
from ivr.domain.dialplan.document import Source
from ivr.domain.dialplan.problem import Mark, Report, nearest
from ivr.domain.dialplan.shapes import Item
from ivr.domain.language import Language, Text

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prompt:
    text: str
    mark: Mark


def read_words(plan: Item, prompts: Mapping[Language, Source], report: Report) -> dict[str, Text]:
    """Every prompt in every language of `plan`, overrides applied."""
    files: dict[Language, dict[str, _Prompt]] = {}
    for code, language in plan.rows("languages"):
        source = prompts.get(Language(code))
        if source is None:
            text = f'language "{code}" has no sentences: there is no prompts file {code}.yaml.'
            report.error(language.key_mark, text, f"Write one after da.yaml, or take {code} out of the languages.")
            continue
        files[Language(code)] = _read_file(source, report)
    _compare(files, report)
    words: dict[str, Any] = {}
    for language_code, prompts_of in files.items():
        for key, prompt in prompts_of.items():
            words.setdefault(key, {})[language_code] = prompt.text
    for key, override in plan.rows("prompts"):
        _check_override(key, override, words, files, report)
        words[key] = override.value
    return words


def _read_file(source: Source, report: Report) -> dict[str, _Prompt]:
    root = document.read(source, report)
    found: dict[str, _Prompt] = {}
    for entry in root.entries if root else ():
        value = entry.value
        if entry.key in found:
            hint = f"It stood on line {found[entry.key].mark.line} already; remove one of them."
            report.error(entry.mark, f'prompt "{entry.key}" stands here a second time.', hint)
        elif not isinstance(value, document.Scalar) or not (value.text or "").strip():
            report.error(value.mark, f'prompt "{entry.key}" has no words.', 'Write key: "A sentence."')
        else:
            found[entry.key] = _Prompt(text=" ".join((value.text or "").split()), mark=entry.mark)
    return found


def _compare(files: Mapping[Language, Mapping[str, _Prompt]], report: Report) -> None:
    """Each prompt in each language, with the same placeholders as in the first language that has it."""
    first: dict[str, tuple[Language, _Prompt]] = {}
    for language, prompts in files.items():
        for key, prompt in prompts.items():
            model_language, model = first.setdefault(key, (language, prompt))
            if placeholders(prompt.text) != placeholders(model.text):
                text = f'prompt "{key}" has {_listed(prompt.text)}, but in "{model_language}" it has {_listed(model.text)}.'
                report.error(prompt.mark, text, "The engine fills the same placeholders in every language.")
    for key, (_, model) in first.items():
        for language, prompts in files.items():
            if prompts and key not in prompts:
                report.error(
                    model.mark, f'prompt "{key}" has no sentence in "{language}".', f"Add it to {language}.yaml."
                )


def _check_override(
    key: str,
    override: Item,
    words: Mapping[str, Text],
    files: Mapping[Language, Mapping[str, _Prompt]],
    report: Report,
) -> None:
    if key not in words:
        if files:
            report.error(override.key_mark, f'prompt "{key}" is not one the engine speaks.', nearest(key, words))
        return
    original = next(iter(words[key].values()))
    for language, text in override.value.items():
        if text and placeholders(text) != placeholders(original):
            problem = f'prompt "{key}" in "{language}" has {_listed(text)}, but the original has {_listed(original)}.'
            report.error(override.key_mark, problem, "Keep exactly the placeholders of the original.")


def placeholders(text: str) -> frozenset[str]:
    """The names in braces: `{minutes}` gives `minutes`."""
    return frozenset(_PLACEHOLDER.findall(text))


def _listed(text: str) -> str:
    names = sorted(placeholders(text))
    return ", ".join(f"{{{name}}}" for name in names) if names else "no placeholder"
