"""What commands find in their environment."""

import pytest

from tests.kit.town import ROOT


@pytest.fixture
def example_grammars(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example municipality's grammars and plan, and no model of a recogniser."""
    monkeypatch.setenv("IVR_GRAMMARS", str(ROOT / "grammars"))
    monkeypatch.setenv("IVR_ROUTES", str(ROOT / "routes.yaml"))
    monkeypatch.delenv("IVR_VOSK_MODELS", raising=False)
