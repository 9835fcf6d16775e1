"""The mark of a result: what it is and how it was made, in its XMP.

The IPTC Photo Metadata Standard's DigitalSourceType says that a trained network made part of the
picture; XMP's history says which program did what (XMP specification, part 2, section 1.2.3); our
own names say the model and the options, so that a later run knows its results.
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from html import escape, unescape  # xml.sax has them too, and imports the whole of HTTP

# "Edited using generative AI": modified with the output of a trained model.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

_NAMES = "http://ns.tintlite/1.0/"
_PACKET = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    b"</rdf:RDF>\n</x:xmpmeta>\n"
    b'<?xpacket end="w"?>'
)
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EVENTS = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"

_SOURCE_TYPE = b"Iptc4xmpExt:DigitalSourceType"
_HISTORY = b"<xmpMM:History>"
_END = b"</rdf:RDF>"
_LONGEST_ABOUT = 200
_PACKET_END = b"<?xpacket end="


@dataclass(frozen=True)
class Mark:
    """How a result was made.

    Attributes:
        software: as in `TintLite 0.1.0`.
        model: name, version and recipe of the model, and the beginning of its hash.
        options: what else decides about the colours, in words.
    """

    software: str
    model: str
    options: str

    def same_colours(self, other: "Mark | None") -> bool:
        """Whether another mark speaks of the same model and options."""
        return other is not None and (self.model, self.options) == (other.model, other.options)


def read_mark(xmp: bytes) -> Mark | None:
    """The mark in an XMP packet; None where there is none."""
    place = _ours(xmp)
    if place is None:
        return None
    element = xmp[slice(*place)]
    values = []
    for name in (b"Software", b"Model", b"Options"):
        _, _, rest = element.partition(b"tintlite:" + name + b'="')
        values.append(unescape(rest.partition(b'"')[0].decode("utf-8", "replace")))
    return Mark(*values)


def put_mark(xmp: bytes, mark: Mark) -> bytes:
    """An XMP packet that says how the result was made; nothing else of it changes.

    Args:
        xmp: the picture's own, UTF-8; one that is empty or has no RDF is replaced.
        mark: what to say.
    """
    if _END not in xmp:
        xmp = _PACKET
    length = len(xmp)
    body, _, rest = xmp.rpartition(_END)
    body = _without_source_type(_without_ours(body)).rstrip() + b"\n"
    found = body.find(b"rdf:about=")
    about = body[found + 10 : body.find(body[found + 10 : found + 11], found + 11) + 1]
    if found < 0 or len(about) > _LONGEST_ABOUT or about[:1] not in (b'"', b"'"):
        about = b'""'
    start = b" <rdf:Description rdf:about=" + about
    body += start + _attributes(mark) + b"/>\n"
    event = _event(mark)
    history = body.find(_HISTORY)
    end = body.find(b"</rdf:Seq>", history)
    if history >= 0 and end >= 0:
        body = body[:end] + event + body[end:]
    else:
        names = b' xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">'
        seq = _HISTORY + b"<rdf:Seq>" + event + b"</rdf:Seq></xmpMM:History>"
        body += start + names + seq + b"</rdf:Description>\n"
    # A packet keeps white space before its end to grow into.
    tail, mark_of_end, last = rest.rpartition(_PACKET_END)
    if mark_of_end:
        grown = len(body) + len(_END) + len(rest) - length
        kept = tail.rstrip()
        spare = len(tail) - len(kept) - 1
        rest = tail[: len(tail) - max(0, min(grown, spare))] + mark_of_end + last
    return body + _END + rest


def _ours(xmp: bytes) -> tuple[int, int] | None:
    """Where the element of our names lies: from its `<` to behind its `>`."""
    name = xmp.find(b"tintlite:Model=")
    start, end = xmp.rfind(b"<", 0, max(name, 0)), xmp.find(b">", name)
    return (start, end + 1) if name >= 0 and start >= 0 and end >= 0 else None


def _without_ours(body: bytes) -> bytes:
    while (place := _ours(body)) is not None:
        body = body[: place[0]].rstrip() + body[place[1] :]
    return body


def _without_source_type(body: bytes) -> bytes:
    """XMP without the source that the grey picture had, as an attribute or as an element."""
    at = body.find(_SOURCE_TYPE)
    while at >= 0:
        behind = at + len(_SOURCE_TYPE)
        if body[at - 1 : at] == b"<":
            close = b"</" + _SOURCE_TYPE + b">"
            end = body.find(b">", behind)
            if body[end - 1 : end] != b"/":
                end = body.find(close, behind) + len(close) - 1
            start = at - 1
        else:
            quote = body[behind + 1 : behind + 2]
            end = body.find(quote, behind + 2) if quote in (b'"', b"'") else -1
            start = at
        if end < behind:  # it is written in another way
            return body
        body = body[:start].rstrip() + body[end + 1 :]
        at = body.find(_SOURCE_TYPE)
    return body


def _attributes(mark: Mark) -> bytes:
    pairs = {
        "xmlns:tintlite": _NAMES,
        "tintlite:Software": mark.software,
        "tintlite:Model": mark.model,
        "tintlite:Options": mark.options,
        "xmlns:Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE,
    }
    return "".join(f'\n  {name}="{escape(value)}"' for name, value in pairs.items()).encode()


def _event(mark: Mark) -> bytes:
    said = {
        "action": "edited",
        "parameters": f"colours by the model {mark.model}; {mark.options}",
        "softwareAgent": mark.software,
        "when": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    names = f'xmlns:rdf="{_RDF}" xmlns:stEvt="{_EVENTS}" rdf:parseType="Resource"'
    inside = "".join(f"<stEvt:{name}>{escape(text)}</stEvt:{name}>" for name, text in said.items())
    return f"<rdf:li {names}>{inside}</rdf:li>".encode()
