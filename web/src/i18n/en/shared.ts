/** English: what the first view shows of the design's components and of the panels. */

export default {
    'common.cancel': 'Cancel',
    'common.close': 'Close',
    'common.save': 'Save',
    'common.saved': 'Saved.',

    'panel.loading': 'Loading …',
    'panel.load_failed': 'This part of the page could not be loaded.',
    'panel.again': 'Try again',

    'talk.title': 'Conversation of bots',
    'talk.about': '{bots} talk about {topic}',
    'talk.talk': '{bots} talk with each other',
    'talk.turn': 'turn {turn} of {turns} · {left} left',
    'talk.interrupted': 'interrupted: a person has spoken',
    'talk.stop': 'Stop',
    'talk.continue': 'Continue',

    'approval.title': '{bot} asks to use {tool}',
    'approval.wants': '{bot} wants to run',
    'approval.wants_for': '{bot} wants, for {requester}, to run',
    'approval.args': 'Arguments',
    'approval.approve': 'Approve',
    'approval.deny': 'Deny',
    'approval.approved': 'approved by {by}',
    'approval.denied': 'denied by {by}',
    'approval.late': 'nobody approved it in time',
    'approval.whose': 'Whoever asked for it, or a moderator, may approve it.',

    'notify.in': '{nick} in {room}',
} as const
