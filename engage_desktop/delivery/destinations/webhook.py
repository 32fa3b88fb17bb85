"""Destination `webhook`: one POST of JSON a call.

A receiver may see a call twice (after a crash, or when its answer was lost); it knows it by
`messageId`, which also stands in the Idempotency-Key header.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.delivery.destinations.base import TemporaryFailure, setting
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.store import Call

if TYPE_CHECKING:
    import httpx

RETRY_STATUSES = frozenset({408, 425, 429}) | frozenset(range(500, 600))


class WebhookDestination:
    """Settings: `url`, `headers` (values may be env:NAME), `timeout_s` (default 10)."""

    batch_size = 1

    def __init__(self, key: str, settings: dict[str, Any], base: Path) -> None:
        self._key = key
        self._url = setting(settings, "url", key)
        if not self._url.startswith(("http://", "https://")):
            raise DeliveryError(
                f"destinations.{key}.settings.url: {self._url!r} is no web address. Write it like https://example.org/in."
            )
        headers = settings.get("headers", {})
        self._headers = {name: setting(headers, name, f"{key}.settings.headers") for name in headers}
        self._timeout_s = float(settings.get("timeout_s", 10))
        self._client: httpx.Client | None = None

    def check(self) -> None:
        pass  # a receiver need not answer anything but calls

    def send(self, calls: Sequence[Call]) -> None:
        import httpx

        if self._client is None:
            self._client = httpx.Client(timeout=self._timeout_s, headers=self._headers, trust_env=False)
        for call in calls:
            try:
                answer = self._client.post(self._url, json=call.payload, headers={"Idempotency-Key": call.message_id})
            except httpx.HTTPError as error:
                raise TemporaryFailure(
                    f"Destination {self._key}: {self._url} cannot be reached ({error or type(error).__name__}). Check the address and that the receiver is running."
                ) from error
            self._judge(answer)

    def _judge(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        sentence = f"Destination {self._key}: {self._url} answered {answer.status_code} {answer.reason_phrase}."
        if answer.status_code in RETRY_STATUSES:
            raise TemporaryFailure(sentence, _seconds(answer.headers.get("Retry-After")))
        raise DeliveryError(f"{sentence} Trying again would not help; check the receiver.")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text is not None else None
    except ValueError:
        return None
