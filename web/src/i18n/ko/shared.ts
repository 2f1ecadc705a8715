/** Korean: what the first view shows of the design's components and of the panels. */

import type { SameAs } from '..'
import type english from '../en/shared'

const words: SameAs<typeof english> = {
    'common.cancel': '취소',
    'common.close': '닫기',
    'common.save': '저장',
    'common.saved': '저장했습니다.',
    'panel.loading': '불러오는 중 …',
    'panel.load_failed': '페이지의 이 부분을 불러오지 못했습니다.',
    'panel.again': '다시 시도',
    'talk.title': '봇들의 대화',
    'talk.about': '{bots}: {topic}에 대해 이야기하는 중',
    'talk.talk': '{bots}: 서로 이야기하는 중',
    'talk.turn': '{turns}번 중 {turn}번째 · {left} 남음',
    'talk.interrupted': '중단됨: 사람이 말했습니다',
    'talk.stop': '멈춤',
    'talk.continue': '계속',
    'approval.title': '{bot} 봇이 {tool} 사용 허락을 구합니다',
    'approval.wants': '{bot} 봇이 실행하려는 것:',
    'approval.wants_for': '{bot} 봇이 {requester} 님을 위해 실행하려는 것:',
    'approval.args': '인수',
    'approval.approve': '허락',
    'approval.deny': '거절',
    'approval.approved': '{by} 님이 허락함',
    'approval.denied': '{by} 님이 거절함',
    'approval.late': '제때 허락한 사람이 없음',
    'approval.whose': '부탁한 사람이나 중재자가 허락할 수 있습니다.',
    'notify.in': '{room}의 {nick}',
}

export default words
