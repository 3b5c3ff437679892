"""What one peer is sent: sound in any case, and pictures while it is one who looks.

Whoever only listens is sent no pictures, and is not even offered any. One who takes part in full
later is sent them on the connection there is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aiortc import RTCPeerConnection, RTCRtpSender
from aiortc.mediastreams import MediaStreamTrack


@dataclass
class Sending:
    """The tracks for one peer, fresh ones for each connection to it."""

    sound: Callable[[], MediaStreamTrack]
    picture: Callable[[], MediaStreamTrack]
    pictures: bool = True
    """Whether the peer is sent pictures."""

    def begin(self, pc: RTCPeerConnection) -> None:
        """Adds to a new connection what is sent on it."""
        pc.addTrack(self.sound())
        if self.pictures:
            pc.addTrack(self.picture())

    def adjust(self, pc: RTCPeerConnection) -> None:
        """Begins or ends pictures on a connection that goes on; `lacks` says what is left to do."""
        running = [s for s in pc.getSenders() if s.kind == "video" and _track(s) is not None]
        if self.pictures and not running:
            pc.addTrack(self.picture())
        elif not self.pictures:
            for sender in running:
                sender.track.stop()
                sender.replaceTrack(None)


def lacks(pc: RTCPeerConnection) -> bool:
    """Whether something is to be sent that no description has agreed to yet."""
    return any(
        transceiver.mid is None
        or (
            _track(transceiver.sender) is not None
            and transceiver.currentDirection not in ("sendrecv", "sendonly")
        )
        for transceiver in pc.getTransceivers()
    )


def _track(sender: RTCRtpSender) -> MediaStreamTrack | None:
    """What it sends; aiortc's own type forgets that this may be nothing."""
    return sender.track
