import {
  IconApi,
  IconArrowsSplit2,
  IconBell,
  IconClock,
  IconFileText,
  IconFilter,
  IconFlag,
  IconHourglass,
  IconLogin2,
  IconMailCog,
  IconPlayerPlay,
  IconPoint,
  IconSend,
  IconUserEdit,
  IconUsersGroup,
} from '@tabler/icons-react';

interface NodeLook {
  readonly icon: typeof IconPoint;
  /** Of the theme. */
  readonly color: string;
}

const looks: Readonly<Record<string, NodeLook>> = {
  start: { icon: IconPlayerPlay, color: 'teal' },
  content_filter: { icon: IconFileText, color: 'violet' },
  condition: { icon: IconFilter, color: 'violet' },
  delay: { icon: IconClock, color: 'orange' },
  split: { icon: IconArrowsSplit2, color: 'violet' },
  update_profile: { icon: IconUserEdit, color: 'cyan' },
  update_subscription: { icon: IconMailCog, color: 'cyan' },
  segment: { icon: IconUsersGroup, color: 'cyan' },
  api_call: { icon: IconApi, color: 'indigo' },
  send: { icon: IconSend, color: 'blue' },
  wait_event: { icon: IconHourglass, color: 'orange' },
  emit: { icon: IconBell, color: 'indigo' },
  workflow_jump: { icon: IconLogin2, color: 'grape' },
  end: { icon: IconFlag, color: 'gray' },
};

/** What kind of thing a node does, at a glance: decide, wait, change, reach out. */
export function lookOf(type: string): NodeLook {
  return looks[type] ?? { icon: IconPoint, color: 'gray' };
}
