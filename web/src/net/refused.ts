import type { ErrorReply } from '../protocol/types'

/** A request that was refused, or whose outcome is not known. `message` is a sentence for people. */
export class Refused extends Error {
    constructor(
        /** From the table of codes; `outcome_unknown` and `not_connected` are this page's own. */
        readonly code: string,
        message: string,
        /** Seconds until it may be tried again; null: not said. */
        readonly retryAfter: number | null = null,
        /** The request's field at fault. */
        readonly field: string | null = null,
    ) {
        super(message)
        this.name = 'Refused'
    }

    static by(reply: Pick<ErrorReply, 'code' | 'message' | 'retry_after' | 'field'>): Refused {
        return new Refused(reply.code, reply.message, reply.retry_after ?? null, reply.field ?? null)
    }
}
