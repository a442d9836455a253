/** From the most to the least power. */
export const roles = ['owner', 'admin', 'moderator', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** Whether a role has all the power of another one. */
export const isAtLeast = (role: Role, least: Role): boolean => roles.indexOf(role) <= roles.indexOf(least);
