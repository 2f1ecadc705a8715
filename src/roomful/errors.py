"""One tree of errors. Every leaf has a stable code; gateways translate codes, never messages.

    RoomfulError
    ├── Refused              the request was understood and is answered no; nothing changed
    │   ├── BadRequest       bad_request, bad_text, bad_name, unknown_type, ...
    │   ├── NotAllowed       login_required, not_member, forbidden, ...
    │   ├── Conflict         no_such_room, nick_taken, cursor_ahead, epoch_changed, ...
    │   ├── TryLater         rate_limited, store_unavailable, ...   (these carry `retry_after`)
    │   ├── SpeechError      bad_audio, no_speech, ...              (speech to text, or back)
    │   └── ModelError       key_missing, model_unknown, ...        (an AI model cannot be used)
    │       └── ModelTrouble model_timeout, model_rate_limited, ... (another try may fare better)
    └── Ended                the connection cannot go on: its last frame is a goodbye with this code

The table in docs/protocol.md is generated from `codes()`.
"""

from collections.abc import Iterator
from typing import ClassVar


class RoomfulError(Exception):
    """Something that is answered with a code.

    `message` is one sentence for a person: what was wrong and what would be right.
    `field` names the request's field at fault; `retry_after` is in seconds.
    """

    code: ClassVar[str] = "internal"
    summary: ClassVar[str] = "A fault in the server. It is in the server's log; nothing of the request was done."

    def __init__(self, message: str = "", *, field: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message or self.summary)
        self.message = message or self.summary
        self.field = field
        self.retry_after = retry_after


class Refused(RoomfulError):
    """The request is answered no. Nothing changed, and the connection goes on."""


# -- the request itself ---------------------------------------------------------------------


class BadRequest(Refused):
    code = "bad_request"
    summary = "A field is missing, has the wrong type, or is out of range; `field` names it."


class UnknownType(BadRequest):
    code = "unknown_type"
    summary = "No request has this `type`. The connection stays open."


class BadText(BadRequest):
    code = "bad_text"
    summary = "The text is empty, holds U+0000, or is longer than `max_text` bytes of UTF-8."


class BadName(BadRequest):
    code = "bad_name"
    summary = "A nick or a room's name has a character or a length that is not allowed."


class BadQuery(BadRequest):
    code = "bad_query"
    summary = "The search holds nothing to look for, or a date that is none."


class BadUrl(BadRequest):
    code = "bad_url"
    summary = "The address is none to which the server may send: the message says what would be one."


class FileTooLarge(BadRequest):
    code = "file_too_large"
    summary = "The file is larger than this server takes; the message says how large one may be."


class BadFileType(BadRequest):
    code = "bad_file_type"
    summary = "This server does not take files of this type, which it tells by what they hold."


class NoSuchPath(BadRequest):
    code = "no_such_path"
    summary = "Over HTTP: nothing is at this address."


class WrongMethod(BadRequest):
    code = "wrong_method"
    summary = "Over HTTP: what is at this address is asked with another method; `Allow` names them."


class BodyTooLarge(BadRequest):
    code = "body_too_large"
    summary = "Over HTTP: the body is larger than a request can be."


class WrongMedia(BadRequest):
    code = "wrong_media"
    summary = "Over HTTP: the body is not of the media type that is asked for, which is mostly `application/json`."


class BadPassword(BadRequest):
    code = "bad_password"
    summary = "The new password is too short, too long, or among those that are guessed first."


# -- who asks --------------------------------------------------------------------------------


class NotAllowed(Refused):
    code = "forbidden"
    summary = "The participant's role does not allow this."


class HelloRequired(NotAllowed):
    code = "hello_required"
    summary = "The first request of a connection must be `hello`."


class LoginRequired(NotAllowed):
    code = "login_required"
    summary = "This request needs a participant: send `login` first."


class LoggedIn(NotAllowed):
    code = "logged_in"
    summary = "The connection has a participant already: send `logout` first."


class NotMember(NotAllowed):
    code = "not_member"
    summary = "The participant is not a member of the room: send `join` first."


class BadResume(NotAllowed):
    code = "bad_resume"
    summary = "The `resume` was not given out by this server. Log in without it."


class GuestsOff(NotAllowed):
    code = "guests_off"
    summary = "Guests are not let in from this address."


class CodeRequired(NotAllowed):
    code = "code_required"
    summary = "Guests need the code that the server shows: send it as `code`."


class BadCode(NotAllowed):
    code = "bad_code"
    summary = "The code is not the server's."


class BadCredentials(NotAllowed):
    code = "bad_credentials"
    summary = "There is no such account with this password, or the token is no longer good."


class RegistrationClosed(NotAllowed):
    code = "registration_closed"
    summary = "Accounts are made by the server's owner only, or with an invite code."


class BadInvite(NotAllowed):
    code = "bad_invite"
    summary = "The invite code is unknown, used up, or too old."


class AccountRequired(NotAllowed):
    code = "account_required"
    summary = "Only an account may do this: `register`, or log in to one."


class InviteOnly(NotAllowed):
    code = "invite_only"
    summary = "The room is private: somebody in it must invite you."


class Banned(NotAllowed):
    code = "banned"
    summary = "You are banned from the room; `retry_after` says for how long, unless it has no end."


class Muted(NotAllowed):
    code = "muted"
    summary = "You are muted in the room; `retry_after` says for how long, unless it has no end."


class Archived(NotAllowed):
    code = "archived"
    summary = "The room is archived: it may be read, and nobody may write."


# -- what is there ----------------------------------------------------------------------------


class Conflict(Refused):
    code = "conflict"
    summary = "Something else is in the way."


class NoSuchRoom(Conflict):
    code = "no_such_room"
    summary = "There is no room of this name or id."


class NoSuchNick(Conflict):
    code = "no_such_nick"
    summary = "Nobody has this nick."


class NoSuchEvent(Conflict):
    code = "no_such_event"
    summary = "The room has no event of this number."


class NickTaken(Conflict):
    code = "nick_taken"
    summary = "Somebody else has the nick, or had it within the last minutes."


class AccountTaken(Conflict):
    code = "account_taken"
    summary = "There is an account of this name, or of one that looks like it."


class RoomExists(Conflict):
    code = "room_exists"
    summary = "There is a room of this name."


class Moved(Conflict):
    code = "moved"
    summary = "The room has another name now; the message says which."


class NoSuchDevice(Conflict):
    code = "no_such_device"
    summary = "No device of the account has this id."


class NoSuchWebhook(Conflict):
    code = "no_such_webhook"
    summary = "There is no webhook with this id, or at this address."


class NoSuchFile(Conflict):
    code = "no_such_file"
    summary = "There is no file with this id that the participant may have: it may have been removed."


class FileAttached(Conflict):
    code = "file_attached"
    summary = "The file is attached to a message already: upload it again."


class NoThumbnail(Conflict):
    code = "no_thumbnail"
    summary = "There is no small picture of the file: it is no image, too large for that, or damaged."


class NothingToDo(Conflict):
    code = "nothing_to_do"
    summary = "There is nothing to undo or to change: it is so already."


class TooMany(Conflict):
    code = "too_many"
    summary = "As many of these as there may be are there already."


class BadCauses(Conflict):
    code = "bad_causes"
    summary = "A bot names as the cause of its message what is no recent message of the room, its own, or one it has answered."


class BounceSpent(Conflict):
    code = "bounce_spent"
    summary = "The message that woke the bot wakes no bot: so many answers of bots hang on each other already."


class ConversationOver(Conflict):
    code = "conversation_over"
    summary = "The conversation of bots has ended, was interrupted, or is not this bot's."


class LetPeopleSpeak(Conflict):
    code = "let_people_speak"
    summary = "Bots have said as many lines in a row as they may without a person."


class Stale(Conflict):
    code = "stale"
    summary = "The value was changed by somebody else meanwhile: read it again."


class NoBotHost(Conflict):
    code = "no_bot_host"
    summary = "No program is connected that runs bots."


class CursorAhead(Conflict):
    code = "cursor_ahead"
    summary = "`after` is beyond the room's newest event: the cursor is from another history. Forget it and join again."


class EpochChanged(Conflict):
    code = "epoch_changed"
    summary = "The server's history was replaced (a restored backup). Forget all cursors and join again."


# -- try later ----------------------------------------------------------------------------------


class TryLater(Refused):
    code = "try_later"
    summary = "Not now; `retry_after` says when."


class RateLimited(TryLater):
    code = "rate_limited"
    summary = "More requests than the limit allows; `retry_after` says when the next one will be taken."


class SlowMode(RateLimited):
    code = "slow_mode"
    summary = "The room takes one message of a member in so many seconds; `retry_after` says when the next one."


class Quota(RateLimited):
    code = "quota"
    summary = "As much was uploaded as is allowed in a day; `retry_after` says when there is more."


class BotPace(RateLimited):
    code = "bot_pace"
    summary = "Bots speak too often here; `retry_after` says when the next line may come."


class NoSpace(TryLater):
    code = "no_space"
    summary = "The server's disk is nearly full: it takes no files for now."


class StoreUnavailable(TryLater):
    code = "store_unavailable"
    summary = "The outcome is unknown: it may have been recorded. Send it again with the same nonce and `again`."


# -- AI models -------------------------------------------------------------------------------------


class ModelError(Refused):
    """A model cannot be used as it was asked for. The message names what to do; it never holds a key."""

    code = "model_error"
    summary = "An AI model did not answer."


class NoSuchProvider(ModelError):
    code = "no_such_provider"
    summary = "No provider of models has this name; the message says which there are."


class ProviderIncomplete(ModelError):
    code = "provider_incomplete"
    summary = "The provider's settings lack something, or contradict each other; the message says what."


class ExtraMissing(ModelError):
    code = "extra_missing"
    summary = "What speaks with providers of models is not installed: `pip install 'roomful[ai]'`."


class KeyMissing(ModelError):
    code = "key_missing"
    summary = "The provider needs a key; the message names the variable in which it belongs."


class KeyRefused(ModelError):
    code = "key_refused"
    summary = "The provider does not take the key, or the key does not allow this model."


class QuotaSpent(ModelError):
    code = "quota_spent"
    summary = "The account at the provider has no credit left."


class ModelUnknown(ModelError):
    code = "model_unknown"
    summary = "The provider has no model of this name; the message names the nearest."


class ModelRefused(ModelError):
    code = "model_refused"
    summary = "The provider does not accept this conversation: it is too long for the model, or not allowed."


class WebTokenMissing(ModelError):
    code = "web_token_missing"
    summary = "The provider's page does not hold a token where the settings say; the message names page and selector."


class ModelTrouble(ModelError):
    """Another try, or another provider, may fare better; `retry_after` says when, if the provider did."""

    code = "model_trouble"
    summary = "An AI model does not answer at the moment."


class ModelRateLimited(ModelTrouble):
    code = "model_rate_limited"
    summary = "The provider takes no more requests for now; `retry_after` says when, if it told."


class ModelTimeout(ModelTrouble):
    code = "model_timeout"
    summary = "The model let us wait for longer than is allowed."


class ModelUnreachable(ModelTrouble):
    code = "model_unreachable"
    summary = "There is no connection to the provider."


class ModelFailed(ModelTrouble):
    code = "model_failed"
    summary = "The provider failed, broke off, or answered with something that is no answer."


class CircuitOpen(ModelTrouble):
    code = "circuit_open"
    summary = "The provider failed so often that it is left alone for a while; `retry_after` says how long."


# -- speech ----------------------------------------------------------------------------------------


class SpeechError(Refused):
    """Speech to text, or text to speech, did not succeed. The message names what to do; it never holds a key."""

    code = "speech_error"
    summary = "What was to be spoken or understood could not be."


class BadAudio(SpeechError):
    code = "bad_audio"
    summary = "This is no recording that can be read: WAV, WebM, Ogg, FLAC, MP3 and MP4 can."


class AudioTooLong(SpeechError):
    code = "audio_too_long"
    summary = "The clip is longer than is taken."


class NoSpeech(SpeechError):
    code = "no_speech"
    summary = "The clip holds no speech: it is empty, silent, or nothing in it was understood."


class OverBudget(SpeechError):
    code = "over_budget"
    summary = "What may be spent today on listening and speaking is spent; `retry_after` says when the day ends (UTC)."


class NoSuchVoice(SpeechError):
    code = "no_such_voice"
    summary = "The speaker has no voice of this name, or the listener does not know the language."


class SpeechTrouble(SpeechError):
    code = "speech_trouble"
    summary = "The service of speech does not answer at the moment; another try may fare better."


# -- the connection ends ---------------------------------------------------------------------------


class Ended(RoomfulError):
    """The connection cannot go on. Its last frame is `goodbye` with this code."""

    code = "ended"
    summary = "The connection ends."


class FrameTooLarge(Ended):
    code = "frame_too_large"
    summary = "A frame is longer than `max_frame`."


class NotJson(Ended):
    code = "not_json"
    summary = "A frame's payload is not one JSON object in UTF-8."


class TlsRequired(Ended):
    code = "tls_required"
    summary = "This port is encrypted, and what came is not: connect with TLS (`tls://`)."


class UnsupportedProtocol(Ended):
    code = "unsupported_protocol"
    summary = "The server does not speak this version of the protocol."


class LoginTimeout(Ended):
    code = "login_timeout"
    summary = "No login within the time allowed."


class Idle(Ended):
    code = "idle"
    summary = "Nothing was heard for longer than `idle` seconds. Send `ping` in time."


class TooSlow(Ended):
    code = "too_slow"
    summary = "The socket stayed full for too long. Nothing is lost: come back and resume."


class TooManyConnections(Ended):
    code = "too_many_connections"
    summary = "The server, or the address, has as many connections as are allowed."


class Replaced(Ended):
    code = "replaced"
    summary = "Another connection resumed this one. Do not come back."


class AccountGone(Ended):
    code = "account_gone"
    summary = "The account was deleted, or this device was logged out of it. Log in again."


class TooManyWrong(Ended):
    code = "too_many_wrong"
    summary = "Too many wrong codes or passwords on one connection."


class ShuttingDown(Ended):
    code = "shutting_down"
    summary = "The server stops. Come back after `retry_after` seconds and resume."


class Bye(Ended):
    code = "bye"
    summary = "The client said `bye`."


class PairBusy(Ended):
    code = "busy"
    summary = "The called side of a one-to-one chat is talking with somebody else."


def codes() -> Iterator[type[RoomfulError]]:
    """Every class that has a code of its own, in the order of this file."""
    pending: list[type[RoomfulError]] = [RoomfulError]
    while pending:
        error = pending.pop(0)
        if "code" in vars(error):
            yield error
        pending[0:0] = error.__subclasses__()
