interface ServerIdentity {
  readonly serverName: string;
  readonly port: number;
  readonly federationPort?: number;
  readonly sharedSecret: string;
}

const generous = { per_second: 1000, burst_count: 1000 };

/**
 * homeserver.yaml for tests. `inside` gives the path by which the server sees a file of its data folder. Limits on
 * messages, joins and new rooms are Synapse's own, since the bot must live with them; those on what only prepares a
 * test (logging in, inviting) are lifted.
 */
export function homeserverConfig(server: ServerIdentity, inside: (file: string) => string): Record<string, unknown> {
  const listener = { bind_addresses: ['127.0.0.1'], type: 'http', x_forwarded: false };
  const client = { ...listener, port: server.port, tls: false, resources: [{ names: ['client'], compress: false }] };
  const config = {
    server_name: server.serverName,
    public_baseurl: `http://127.0.0.1:${server.port}/`,
    listeners: [client],
    database: { name: 'sqlite3', args: { database: inside('homeserver.db') } },
    media_store_path: inside('media'),
    signing_key_path: inside('signing.key'),
    registration_shared_secret: server.sharedSecret,
    bcrypt_rounds: 4,
    // A new server makes its last tables one a second, and until then answers 500 to some writes.
    background_updates: { sleep_enabled: false },
    report_stats: false,
    suppress_key_server_warning: true,
    trusted_key_servers: [],
    rc_registration: generous,
    rc_login: { address: generous, account: generous, failed_attempts: generous },
    rc_invites: { per_room: generous, per_user: generous, per_issuer: generous },
  };
  if (server.federationPort === undefined) return config;
  const federation = {
    ...listener,
    port: server.federationPort,
    tls: true,
    resources: [{ names: ['federation'], compress: false }],
  };
  return {
    ...config,
    listeners: [client, federation],
    tls_certificate_path: inside('tls.crt'),
    tls_private_key_path: inside('tls.key'),
    federation_verify_certificates: false,
    ip_range_blacklist: [],
    federation_ip_range_blacklist: [],
    // A server that comes back after an outage must not be left alone for the usual ten minutes.
    federation: { destination_min_retry_interval: '1s', destination_max_retry_interval: '5s' },
  };
}
