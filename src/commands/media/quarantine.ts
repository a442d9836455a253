import { z } from 'zod';
import { code, commandLine, counted, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import {
  fileNote,
  quarantineCheck,
  quarantineFlags,
  quarantineLong,
  quarantineShort,
  quarantineTargets,
} from './quarantine-targets.ts';

export default command({
  path: 'media quarantine',
  summary: 'Keep everybody from downloading a file, or all files of a room or an account.',
  cautions: [
    'Files in encrypted messages of a room cannot be found; what an account uploaded for them is.',
    'Protected files are left out. Clients and other servers may have copies.',
    'The server takes along all files of the same content, whoever uploaded them.',
  ],
  input: () => z.object(quarantineFlags()).check(quarantineCheck),
  short: quarantineShort,
  long: quarantineLong,
  examples: [
    ['Of an account', '!admin media quarantine -u alice'],
    ['Of a room', '!admin media quarantine -r #lobby'],
  ],
  danger: 'confirm',
  role: 'moderator',
  needs: ['files', 'media', 'roomData', 'rooms', 'users', 'adminRoom'],

  async plan(input, caps) {
    const { what, files, lacking } = await quarantineTargets(input, caps);
    const targets: { id: string; note?: Text }[] = [];
    const skipped: { id: string; why: Text }[] = [];
    for (const file of files) {
      const note = fileNote(file);
      if (file.quarantinedBy !== null) skipped.push({ id: file.mxc, why: say`quarantined already` });
      else if (file.protected) skipped.push({ id: file.mxc, why: say`protected` });
      else targets.push({ id: file.mxc, ...(note === undefined ? {} : { note }) });
    }
    return {
      title: say`Quarantine ${what}: ${counted(targets.length, 'file')}.`,
      targets,
      skipped,
      cautions: [
        say`Nobody can download them from this server any more, nor see them in messages and as avatars.`,
        say`Files of the same content, whoever uploaded them, are taken along.`,
        ...(lacking === undefined ? [] : [lacking]),
      ],
      instead: say`${commandLine('media unquarantine')} takes it back.`,
      frozen: { files: targets.map(({ id }) => id) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const files = frozen?.files ?? [];
    return {
      job: {
        items: files.map((target) => ({ target })),
        heading:
          files.length === 1
            ? say`Quarantining ${code(files[0] ?? '')}`
            : say`Quarantining ${counted(files.length, 'file')}`,
      },
    };
  },

  job: {
    pace: 'other',
    async step({ target }, _input, { files }) {
      const before = await files.info(target);
      if (before === undefined) return { state: 'skipped', note: 'gone since the plan was shown' };
      if (before.protected) return { state: 'skipped', note: 'protected since the plan was shown' };
      await files.setQuarantined(target, true);
      // The server says yes whatever becomes of it.
      const after = await files.info(target);
      if (after !== undefined && after.quarantinedBy === null)
        return { state: 'failed', note: 'the server has not quarantined it' };
      return { state: 'done' };
    },
  },
});
