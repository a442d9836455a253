import type { AnyCommand } from '../define.ts';
import listRegistered from './list-registered.ts';
import registerAppservice from './register.ts';
import showAppserviceConfig from './show-appservice-config.ts';
import unregisterAppservice from './unregister.ts';

export const commands: readonly AnyCommand[] = [
  registerAppservice,
  unregisterAppservice,
  showAppserviceConfig,
  listRegistered,
];
