import { expect, test } from 'vitest';
import { configMask } from '../../../src/homeserver/host/mask-config.ts';

const plain = (value: unknown): string => JSON.stringify(value);
const masked = (configuration: Record<string, unknown>, more: string[] = []): string => {
  const mask = configMask(configuration, more);
  return plain(Object.fromEntries(Object.entries(configuration).map(([key, value]) => [key, mask.value(key, value)])));
};

/** Every option of Synapse 1.160 that is, or may hold, a secret (configuration manual and `synapse/config`), with where it stands. */
const secrets: readonly (readonly [where: string, configuration: Record<string, unknown>])[] = [
  ['registration_shared_secret', { registration_shared_secret: 'planted-1' }],
  ['macaroon_secret_key', { macaroon_secret_key: 'planted-2' }],
  ['form_secret', { form_secret: 'planted-3' }],
  ['turn_shared_secret', { turn_shared_secret: 'planted-4' }],
  ['turn_password', { turn_password: 'planted-5' }],
  ['recaptcha_private_key', { recaptcha_private_key: 'planted-6' }],
  ['worker_replication_secret', { worker_replication_secret: 'planted-7' }],
  ['signing_key', { signing_key: 'ed25519 a_key planted-8' }],
  ['redis.password', { redis: { enabled: true, password: 'planted-9' } }],
  ['email.smtp_pass', { email: { smtp_host: 'mail', smtp_pass: 'planted-10' } }],
  ['database.args.password', { database: { name: 'psycopg2', args: { user: 'synapse', password: 'planted-11' } } }],
  ['database.args.dsn', { database: { args: { dsn: 'host=db password=planted-12 user=x' } } }],
  ['databases.*.args.password', { databases: { main: { args: { password: 'planted-13' } } } }],
  ['database.args.conninfo', { database: { args: { conninfo: 'postgres://synapse:planted-14@db/synapse' } } }],
  ['password_config.pepper', { password_config: { enabled: true, pepper: 'planted-15' } }],
  ['jwt_config.secret', { jwt_config: { enabled: true, secret: 'planted-16', algorithm: 'HS256' } }],
  [
    'oidc_providers[].client_secret',
    { oidc_providers: [{ idp_id: 'x', client_id: 'id', client_secret: 'planted-17' }] },
  ],
  [
    'oidc_providers[].client_secret_jwt_key.key',
    {
      oidc_providers: [
        { client_secret_jwt_key: { key: '-----BEGIN EC PRIVATE KEY-----\nplanted-18', jwt_header: { alg: 'ES256' } } },
      ],
    },
  ],
  ['oidc_config.client_secret', { oidc_config: { client_secret: 'planted-19' } }],
  [
    'saml2_config.sp_config',
    { saml2_config: { sp_config: { key_data: '-----BEGIN RSA PRIVATE KEY-----\nplanted-20' } } },
  ],
  ['sentry.dsn', { sentry: { dsn: 'https://planted-21@sentry.example.org/1' } }],
  [
    'matrix_authentication_service.secret',
    { matrix_authentication_service: { enabled: true, endpoint: 'http://mas', secret: 'planted-22' } },
  ],
  [
    'experimental_features.msc3861',
    { experimental_features: { msc3861: { enabled: true, client_secret: 'planted-23', admin_token: 'planted-23b' } } },
  ],
  ['http_proxy', { http_proxy: 'http://user:planted-24@proxy:3128' }],
  ['https_proxy', { https_proxy: 'http://planted-25@proxy:3128' }],
  [
    'modules[].config.*',
    {
      modules: [
        {
          module: 'x.Y',
          config: {
            bind_password: 'planted-26',
            api_key: 'planted-27',
            authorization: 'planted-28',
            shared_secret: 'planted-29',
            accessToken: 'planted-30',
            webhook: 'planted-31',
          },
        },
      ],
    },
  ],
  [
    'password_providers[].config',
    { password_providers: [{ module: 'ldap', config: { bind_dn: 'cn=x', bind_password: 'planted-32' } }] },
  ],
  [
    'media_storage_providers[].config',
    {
      media_storage_providers: [
        {
          module: 's3',
          config: {
            bucket: 'b',
            access_key_id: 'planted-33',
            secret_access_key: 'planted-34',
            session_token: 'planted-35',
            sse_customer_key: 'planted-36',
          },
        },
      ],
    },
  ],
  [
    'opentracing.jaeger_config',
    { opentracing: { jaeger_config: { auth_token: 'planted-37', headers: { Authorization: 'Bearer planted-38' } } } },
  ],
  ['a PEM in any place', { extra: { text: '-----BEGIN PRIVATE KEY-----\nplanted-39\n-----END PRIVATE KEY-----' } }],
  ['a token in an address', { web_client_location: 'https://x.test/?access_token=planted-40&x=1' }],
  [
    'the value of a secret elsewhere',
    { form_secret: 'planted-41', notes: 'the same as planted-41 here', more: ['planted-41'] },
  ],
  ['a number', { turn_shared_secret: 4_242_424_242 }],
  ['cas_config, headers', { modules: [{ config: { headers: { 'X-Api-Key': 'planted-42' } } }] }],
  ['a bearer in any text', { oembed: { header: 'Bearer planted-43.abc' } }],
  ['manhole_settings.password', { manhole_settings: { username: 'matrix', password: 'planted-45' } }],
  ['spam_checker[].config', { spam_checker: [{ module: 'x.Y', config: { api_token: 'planted-46' } }] }],
  ['third_party_event_rules.config', { third_party_event_rules: { module: 'x.Y', config: { secret: 'planted-47' } } }],
  [
    'user_mapping_provider.config',
    { saml2_config: { user_mapping_provider: { module: 'x.Y', config: { ldap_password: 'planted-48' } } } },
  ],
  ['account_threepid_delegates', { account_threepid_delegates: { msisdn: 'https://user:planted-49@sms.example.org' } }],
  [
    'oidc_providers[].additional_authorization_parameters',
    { oidc_providers: [{ additional_authorization_parameters: { client_secret: 'planted-60' } }] },
  ],
  ['old_signing_keys', { old_signing_keys: { 'ed25519:id': { key: 'planted-44', expired_ts: 1 } } }],
];

test.each(secrets)('%s is masked', (_, configuration) => {
  const shown = masked(configuration);
  expect(shown).not.toMatch(/planted|4242424242/);
  expect(shown).toContain('•••');
});

test('what is no secret is shown as it is', () => {
  const open = {
    server_name: 'example.org',
    registration_requires_token: true,
    enable_registration: false,
    refresh_token_lifetime: '24h',
    signing_key_path: '/etc/matrix-synapse/homeserver.signing.key',
    form_secret_path: '/run/secrets/form',
    tls_private_key_path: '/etc/tls.key',
    recaptcha_public_key: 'public',
    suppress_key_server_warning: true,
    trusted_key_servers: [{ server_name: 'matrix.org', verify_keys: { 'ed25519:auto': 'abcdef' } }],
    password_config: { enabled: true, policy: { minimum_length: 15, require_digit: true } },
    oidc_providers: [{ idp_id: 'x', client_id: 'synapse', token_endpoint: 'https://x.test/token', scopes: ['openid'] }],
    database: { name: 'psycopg2', args: { user: 'synapse', host: 'db', cp_min: 5 } },
    turn_uris: ['turn:turn.example.org?transport=udp'],
    public_baseurl: 'https://matrix.example.org/',
    login_via_existing_session: { enabled: true, require_ui_auth: true, token_timeout: '5m' },
    rc_registration_token_validity: { per_second: 0.1, burst_count: 5 },
    email: { smtp_host: 'mail', smtp_user: 'synapse', notif_from: 'x <y@z>', validation_token_lifetime: '15m' },
    media_store_path: '/data',
    max_upload_size: '50M',
  };
  expect(JSON.parse(masked(open))).toEqual(open);
});

test('words that are given are hidden wherever they stand', () => {
  expect(masked({ anything: 'x given-word y' }, ['given-word'])).not.toContain('given-word');
});

test('what a program prints about a configuration is masked too', () => {
  const mask = configMask({ form_secret: 'planted-50', password_config: { pepper: 'planted-51' } });
  const shown = mask.text(
    'Error: form_secret planted-50 and password=planted-52 at http://u:planted-53@x, pepper planted-51',
  );
  expect(shown).not.toContain('planted');
});
