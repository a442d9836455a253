import { describe, expect, test } from 'vitest';
import { maskedConfig } from '../../../src/homeserver/relay/masked-config.ts';
import { showConfig } from '../../e2e/native-homeserver.ts';

describe('a configuration as a homeserver prints it', () => {
  test('shows no secret, whatever form it stands in', () => {
    const shown = maskedConfig(showConfig);
    expect(shown).not.toContain('CANARY');
    expect(shown).toContain('server_name: example.org');
    expect(shown).toContain('allow_registration: false');
    expect(shown).toContain('localhost/palpo');
  });

  test.each([
    'registration_token: Some("CANARY")',
    'jwt { secret: "CANARY", format: "HMAC" }',
    'macaroon_secret_key = CANARY',
    '"client_secret": "CANARY"',
    '| openid_token | CANARY |',
    'turn_secret: CANARY with spaces',
    'smtp: smtps://user:CANARY@mail.example.org',
    'access_tokens: ["CANARY", "CANARY2"]',
    'Emergency password: CANARY',
    'signing_key: ed25519 a_1 CANARY',
  ])('masks %j', (line) => expect(maskedConfig(line)).not.toContain('CANARY'));

  test.each(['registration_token: None', 'turn_secret: ""', 'max_request_size: 20000000'])('leaves %j', (line) => {
    expect(maskedConfig(line)).toBe(line);
  });
});
