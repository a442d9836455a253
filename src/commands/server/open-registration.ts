/** How people may make accounts for themselves. */
export interface Registration {
  readonly on: boolean;
  /** What they need for it: "a token". Empty: anybody may, and so every spammer. */
  readonly needs: readonly string[];
}

/** Reads it from the configuration's values (Synapse's manual, "Registration"). */
export function registrationIn(values: Readonly<Record<string, unknown>>): Registration {
  const needs = [
    ...(values.registration_requires_token === true ? ['a registration token'] : []),
    ...(values.enable_registration_captcha === true ? ['a captcha'] : []),
    ...(Array.isArray(values.registrations_require_3pid) && values.registrations_require_3pid.length > 0
      ? ['a confirmed mail address or telephone number']
      : []),
  ];
  return { on: values.enable_registration === true, needs };
}
