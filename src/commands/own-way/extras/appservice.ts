import { z } from 'zod';
import { say } from '../../../core/text.ts';
import { extraAct } from './extra-command.ts';

export const appserviceExtras = [
  extraAct('appservice ensure-puppets-active', {
    summary: 'Open the accounts of bridges again that an upgrade to continuwuity 26.6.0 had closed.',
    input: () => z.object({}),
    example: ['After that upgrade', '!admin appservice ensure-puppets-active'],
    danger: 'confirm',
    role: 'owner',
    title: () => say`Open all accounts that belong to a bridge.`,
    target: () => 'accounts of bridges',
    warns: [say`Also those that somebody closed on purpose. A password that one of them has is gone.`],
    done: () => say`All accounts of bridges are open.`,
  }),
];
