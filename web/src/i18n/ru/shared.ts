/** Russian: what the first view shows of the design's components and of the panels. */

import type { SameAs } from '..'
import type english from '../en/shared'

const words: SameAs<typeof english> = {
    'common.cancel': 'Отмена',
    'common.close': 'Закрыть',
    'common.save': 'Сохранить',
    'common.saved': 'Сохранено.',
    'panel.loading': 'Загрузка …',
    'panel.load_failed': 'Эту часть страницы не удалось загрузить.',
    'panel.again': 'Попробовать снова',
    'talk.title': 'Беседа ботов',
    'talk.about': '{bots} беседуют о теме: {topic}',
    'talk.talk': '{bots} беседуют друг с другом',
    'talk.turn': 'реплика {turn} из {turns} · осталось {left}',
    'talk.interrupted': 'прервана: заговорил человек',
    'talk.stop': 'Остановить',
    'talk.continue': 'Продолжить',
    'approval.title': '{bot} просит разрешения использовать {tool}',
    'approval.wants': '{bot} хочет выполнить',
    'approval.wants_for': '{bot} хочет выполнить для {requester}',
    'approval.args': 'Аргументы',
    'approval.approve': 'Разрешить',
    'approval.deny': 'Запретить',
    'approval.approved': 'разрешено: {by}',
    'approval.denied': 'запрещено: {by}',
    'approval.late': 'никто не разрешил вовремя',
    'approval.whose': 'Разрешить может тот, кто попросил, или модератор.',
    'notify.in': '{nick} в {room}',
}

export default words
