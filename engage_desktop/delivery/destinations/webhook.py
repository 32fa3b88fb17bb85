"""Destination `webhook`: one POST of JSON a call.

A receiver may see a call twice (after a crash, or when its answer was lost); it knows it by
`messageId`, which also stands in the Idempotency-Key header.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.delivery.destinations.base import TemporaryFailure, Unavailable, number, setting
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.store import Call

if TYPE_CHECKING:
    import httpx

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
LONGEST_RETRY_AFTER_S = 7 * 86_400.0
RETRY_STATUSES = frozenset({408, 425, 429}) | frozenset(range(500, 600))


class WebhookDestination:
    """Settings: `url`, `headers` (values may be env:NAME), `timeout_s` (default 10)."""

    batch_size = 1

    def __init__(self, key: str, settings: dict[str, Any], base: Path) -> None:
        self._key = key
        self._url = setting(settings, "url", key)
        if not _is_address(self._url):
            shown = "what the environment holds" if str(settings["url"]).startswith("env:") else repr(self._url)
            raise DeliveryError(
                f"destinations.{key}.settings.url: {shown} is no web address. Write it like https://example.org/in."
            )
        self._shown = _without_secrets(self._url, settings["url"])
        headers = settings.get("headers", {})
        if not isinstance(headers, dict):
            raise DeliveryError(
                f'destinations.{key}.settings.headers: {headers!r} is no object. Write it like {{"Authorization": "env:TOKEN"}}.'
            )
        self._headers = {name: setting(headers, name, f"{key}.settings.headers") for name in headers}
        for name, value in self._headers.items():
            if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
                raise DeliveryError(
                    f"destinations.{key}.settings.headers.{name!r}: no web request can carry it. "
                    "Use plain characters without line breaks, and neither spaces nor colons in the name."
                )
        self._timeout_s = number(settings, "timeout_s", key, 10)
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
                raise Unavailable(
                    f"Destination {self._key}: {self._shown} cannot be reached ({str(error) or type(error).__name__}). "
                    "Check the address and that the receiver is running."
                ) from error
            self._judge(answer)

    def _judge(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        sentence = f"Destination {self._key}: {self._shown} answered {answer.status_code} {answer.reason_phrase}."
        if answer.is_redirect:
            place = str(answer.headers.get("Location", "elsewhere"))[:200]
            raise DeliveryError(
                f"{sentence} It points to {place}; calls follow no redirects, so write the final address."
            )
        if answer.status_code in RETRY_STATUSES:
            raise TemporaryFailure(sentence, _seconds(answer.headers.get("Retry-After")))
        raise DeliveryError(f"{sentence} Trying again would not help; check the receiver.")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:  # also the form with a date: back off as usual
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER_S) if math.isfinite(seconds) else None


def _is_address(url: str) -> bool:
    import httpx

    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        return False
    plain = address.host.isprintable() and not set(address.host) & set(' []<>"%')
    return address.scheme in ("http", "https") and bool(address.host) and (plain or ":" in address.host)


def _without_secrets(url: str, written: object) -> str:
    """The address for a sentence: of one from the environment only the host, never a password."""
    import httpx

    address = httpx.URL(url)
    if str(written).startswith("env:"):
        return f"{address.scheme}://{address.host}"
    return str(address.copy_with(username=None, password=None)) if address.userinfo else url
