"""The tables of `docs/generated/`, in Markdown."""

from collections.abc import Iterable, Sequence

from contracts.catalogue import SUBJECTS
from contracts.closing import Closing
from contracts.contract import Contract, Via
from contracts.errors import Code
from contracts.registry import ALWAYS, CONTRACTS, SESSION
from contracts.streams import BUCKETS, STREAMS

_NOTE = "Generated from `contracts/` by `make docs`; a change by hand is lost.\n"


def _table(title: str, lead: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"# {title}\n", _NOTE, f"{lead}\n", _row(head), _row(["---"] * len(head))]
    return "\n".join([*lines, *(_row(row) for row in rows)]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(_code(text) for text in texts)


def _where(contract: Contract) -> str:
    return "gateway" if contract in SESSION else contract.service


def commands_table() -> str:
    """Each command: who answers it, who may ask and by which way, its reply and its refusals."""
    always = _codes(code.code for code in ALWAYS)
    return _table(
        "Commands",
        f"Besides its own refusals any command may meet {always}.",
        ("command", "answered by", "callers", "via", "rate", "reply", "own refusals"),
        (
            (
                _code(contract.tag),
                _where(contract),
                ", ".join(caller.__name__.lower() for caller in contract.callers),
                ", ".join(via.value for via in contract.via),
                contract.rate.value,
                contract.reply.__name__,
                _codes(sorted(code.code for code in contract.errors)),
            )
            for contract in (*SESSION, *CONTRACTS)
        ),
    )


def _answered_with(code: Code) -> str:
    if code in ALWAYS:
        return "any command"
    asked = [c.tag for c in (*SESSION, *CONTRACTS) if code in (*c.errors, *c.invalid.values())]
    return _codes(asked) if asked else "the gateway, for a frame that is no command"


def errors_table() -> str:
    """Each error code and who may answer with it."""
    return _table(
        "Error codes",
        "A code is never renamed and never reused. “Retry” says whether the same request can "
        "succeed later; `retry_after` then says when, where that is known.",
        ("code", "HTTP", "retry", "sentence", "answers"),
        (
            (
                _code(code.code),
                str(code.value.status),
                "yes" if code.value.retryable else "no",
                code.value.sentence,
                _answered_with(code),
            )
            for code in Code
        ),
    )


def closings_table() -> str:
    """Each close code of the websocket."""
    return _table(
        "Close codes",
        "4000–4499: come back, with backoff and jitter. 4500–4999: don't; something has to change "
        "first.",
        ("code", "reason", "come back"),
        (
            (
                str(closing.value.code),
                closing.value.reason,
                "yes" if closing.value.reconnect else "no",
            )
            for closing in Closing
        ),
    )


def subjects_table() -> str:
    """Each subject of the bus, and below it the streams and buckets."""
    asked = [
        (_code(f"svc.{c.tag}"), "request/reply", _askers(c), c.service, c.command.__name__)
        for c in CONTRACTS
    ]
    told = [
        (
            _code(subject.pattern),
            subject.kind,
            ", ".join(subject.speakers),
            subject.listeners,
            ", ".join(message.__name__ for message in subject.messages),
        )
        for subject in SUBJECTS
    ]
    table = _table(
        "Subjects",
        "Who publishes what, and who listens. Each service has its own user on the broker and may "
        "use exactly its part of this.",
        ("subject", "kind", "from", "to", "messages"),
        [*asked, *told],
    )
    streams = "\n".join(
        [
            "\n## Streams\n",
            _row(("stream", "owner", "subjects", "republished as", "kept")),
            _row(["---"] * 5),
            *(
                _row(
                    (
                        _code(stream.name),
                        stream.owner,
                        _codes(stream.subjects),
                        _code(stream.republish[1]) if stream.republish else "",
                        f"{stream.max_age_seconds // 86_400} days"
                        if stream.max_age_seconds
                        else "for good",
                    )
                )
                for stream in STREAMS
            ),
            "\n## Buckets\n",
            _row(("bucket", "written by", "holds", "storage", "time to live per key")),
            _row(["---"] * 5),
            *(
                _row(
                    (
                        _code(bucket.name),
                        bucket.owner,
                        bucket.purpose,
                        "memory" if bucket.memory else "disk",
                        "yes" if bucket.ttl_keys else "no",
                    )
                )
                for bucket in BUCKETS
            ),
        ]
    )
    return table + streams + "\n"


def _askers(contract: Contract) -> str:
    askers = ["gateway"] if any(via is not Via.BUS for via in contract.via) else []
    if Via.BUS in contract.via:
        askers.append("services")
    return ", ".join(askers)
