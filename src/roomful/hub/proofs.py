"""Resume proofs: who holds one was given it by this server, and continues as its participant."""

import base64
import hmac

from roomful.errors import BadResume

MAC = 16  # bytes of HMAC-SHA-256 (RFC 2104) kept: 128 bits


class Proofs:
    """Writes and reads proofs under a key that lives in the store, so that they outlive a restart.

    A proof names the participant and the login it was given to, and for an account its device: `ID.SID.MAC`, `ID.SID:DEVICE.MAC`.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, id: str, sid: bytes, device: str = "") -> str:
        """The proof for one login of a participant. `device`: the device of an account, with which it ends."""
        claim = f"{id}.{base64.urlsafe_b64encode(sid).decode()}" + (f":{device}" if device else "")
        return f"{claim}.{self._mac(claim)}"

    def read(self, proof: str) -> tuple[str, bytes]:
        """The participant's id and the login's sid. Raises BadResume."""
        claim, _, mac = proof.rpartition(".")
        id, _, rest = claim.partition(".")
        sid = rest.partition(":")[0]
        if not hmac.compare_digest(mac.encode(), self._mac(claim).encode()):
            raise BadResume(field="resume")
        return id, base64.urlsafe_b64decode(sid)

    def id_of(self, proof: str) -> str:
        """The participant's id; empty if the proof is none."""
        try:
            return self.read(proof)[0]
        except BadResume:
            return ""

    def device_of(self, proof: str) -> str:
        """The id of the account's device it was given to; empty if the proof is none, or a guest's."""
        if not self.id_of(proof):
            return ""
        return proof.rpartition(".")[0].partition(":")[2]

    def _mac(self, claim: str) -> str:
        digest = hmac.digest(self._secret, claim.encode(), "sha256")[:MAC]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
