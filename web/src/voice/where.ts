import { t } from '../i18n'

/** Where clips and texts go, in the reader's words: a host, or the server's own machine. */
export const place = (destination: string): string =>
    destination === 'this machine' ? t('voice.here') : destination
