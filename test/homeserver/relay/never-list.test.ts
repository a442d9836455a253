import { describe, expect, test } from 'vitest';
import { createRelayNeverList } from '../../../src/homeserver/relay/never-list.ts';

const never = (admins: readonly string[]) =>
  createRelayNeverList({
    botId: '@castellan:x.org',
    serverUser: '@conduit:x.org',
    roomNames: () => ['!bots:x.org', '#castellan-room:x.org', '!servers:x.org', '#admins:x.org'],
    admins: async () => new Set(['@castellan:x.org', ...admins]),
  });
const many = never(['@alice:x.org', '@bob:x.org']);
const check = (line: string, block: readonly string[] = [], list = many) => list.check(line.split(/\s+/), block);

describe('the never-list of a relay', () => {
  test.each([
    'users deactivate @castellan:x.org',
    'users deactivate castellan',
    'users deactivate @castellan',
    'users deactivate CASTELLAN',
    'users deactivate --no-leave-rooms castellan',
    'users deactivate -n @Castellan:X.org',
    'users_deactivate castellan',
    'users deactivate_all castellan',
    'users suspend castellan',
    'users lock castellan',
    'users logout castellan',
    'users disable-login castellan',
    'users reset-password castellan newpassword',
    'users reset_password castellan',
    'users force-leave-room castellan !other:x.org',
    'users force-demote castellan !other:x.org',
    'users delete-device @castellan:x.org DEVICE',
    'users revoke-admin castellan',
    'users suspend @conduit:x.org',
    'user deactivate @castellan:x.org',
    "deactivate-user '@castellan:x.org'",
    "deactivate-user @castel'lan':x.org",
    'deactivate-user \\@castellan:x.org',
    'reset-password castellan',
    'users change-email --user=castellan x@y.org',
    'users change-email castellan x@y.org',
    'users reject-all-invites castellan',
    'users reset-push-rules castellan',
    'users force-leave-remote-room castellan !other:x.org',
    'oidc link castellan 1234',
    'oidc link @conduit:x.org 1234',
    'query pusher delete-all-user @castellan:x.org',
    'query pusher delete-all-device @castellan:x.org ABC',
    'query pusher delete_all_user @castellan:x.org',
    'query_pusher delete-all-user @castellan:x.org',
    'users add-email castellan x@y.org',
    'users del-email castellan x@y.org',
    'users force-promote castellan !other:x.org',
    'users redact-recent castellan !other:x.org 5',
    'users reject-invites castellan',
    'users set-profile-key castellan displayname Nobody',
    'users set-profile-key --propagate-to=all @castellan:x.org avatar_url --clear',
    'users unerase @conduit:x.org',
    'query oauth revoke @castellan:x.org',
    'query oauth delete --force @castellan:x.org',
    'deactivate-user --leave-rooms --purge-media --media-from-last=60s @castellan:x.org',
    'deactivate-user --purge-media @conduit:x.org',
  ])('keeps %j from the account of the bot or of the server', async (line) => {
    await expect(check(line)).rejects.toMatchObject({ code: 'never' });
  });

  test.each([
    ['deactivate-all', ['bob', 'castellan']],
    ['users deactivate-all --force', ['@castellan:x.org']],
    ['users deactivate-all', ['"@castellan:x.org"']],
    ['purge-media-from-users', ['@castellan:x.org']],
    ['block-media-from-users --reason spam', ['@bob:x.org', '@castellan:x.org']],
  ])('looks at each line of a block below %j', async (line, block) => {
    await expect(check(line, block)).rejects.toMatchObject({ code: 'never' });
  });

  test.each([
    'rooms moderation ban-room !servers:x.org',
    'rooms moderation ban-room #admins:x.org',
    'rooms moderation ban-room #castellan-room:x.org',
    'rooms alias set --force !other:x.org admins',
    'rooms alias set !other:x.org #admins',
    'rooms alias remove admins',
    'rooms alias remove castellan-room',
    'rooms directory unpublish !bots:x.org',
    'federation disable-room !servers:x.org',
    'rooms delete !bots:x.org',
    'rooms delete --force !servers:x.org',
    'rooms prune-extremities !servers:x.org 1',
    'users force-promote bob !servers:x.org',
    'users redact-recent bob #admins:x.org 5',
    'users force-demote bob #admins',
    'users force-leave-room bob !servers:x.org',
    'users force-leave-remote-room bob !servers:x.org y.org',
    'users force-leave-remote-room bob #admins:x.org',
    "remove-alias '#admins:x.org'",
    'disable-room !servers:x.org',
  ])('keeps %j from the two rooms', async (line) => {
    await expect(check(line)).rejects.toMatchObject({ code: 'never' });
  });

  test.each([
    'rooms purge-user @spam_.*:x.org --regex',
    'rooms purge-user bob',
    'rooms purge-user -- --dry-run',
    'rooms purge-user --dry-run=false bob',
    "rooms purge-user '--dry-run' bob",
    'query raw raw-del a b',
    'query raw raw-clear a',
    'debug force-set-room-state-from-server !other:x.org y.org',
    'debug force_set_room_state_from_server !other:x.org y.org',
  ])('refuses %j, which finds its victims itself', async (line) => {
    await expect(check(line)).rejects.toMatchObject({ code: 'never' });
  });

  test('keeps the last admin but the bot', async () => {
    await expect(check('users deactivate alice', [], never(['@alice:x.org']))).rejects.toMatchObject({ code: 'never' });
    await expect(check('users deactivate-all --force', ['alice', 'bob'])).rejects.toMatchObject({ code: 'never' });
    for (const verb of ['disable-login', 'revoke-admin'])
      await expect(check(`users ${verb} alice`, [], never(['@alice:x.org']))).rejects.toMatchObject({ code: 'never' });
    await expect(check('users deactivate alice')).resolves.toBeUndefined();
  });

  test.each([
    'users deactivate carol',
    'users list-users',
    'users list-joined-rooms castellan',
    'users unsuspend castellan',
    'rooms info list-joined-members !servers:x.org',
    'rooms alias list !bots:x.org',
    'rooms alias which admins',
    'federation enable-room !servers:x.org',
    'rooms moderation ban-room !other:x.org',
    'server memory-usage',
    'debug echo castellan',
    'users list-invited-rooms castellan',
    'users get-email castellan',
    'users enable-login castellan',
    'query users list-devices @castellan:x.org',
    'query room-state-cache room-members !servers:x.org',
    'query room-state-cache rooms-joined @castellan:x.org',
    'query room-timeline pdus !servers:x.org',
    'debug get-room-state !bots:x.org',
    'debug latest-pdu-in-room !bots:x.org',
    'debug servers-in-backoff --room !bots:x.org',
    'query resolver flush-cache --all',
    'users create-user castellan-two',
    'list-rooms',
    'incoming-federation',
    'list-blocked-media',
    'query-media mxc://x.org/castellan',
    'sign-json',
    'hash-and-sign-event 11',
    'rooms purge-user --dry-run castellan',
    'rooms list-extremities !servers:x.org',
    'rooms prune-empty',
    'users erasure castellan',
    'users force-promote bob !other:x.org',
    'debug first-pdu-in-room !servers:x.org',
  ])('lets %j through', async (line) => {
    await expect(check(line)).resolves.toBeUndefined();
  });
});
