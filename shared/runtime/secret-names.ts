/** The secrets by the environment variable that holds their id, and the member of their JSON that is the secret itself. */
export const PEPPER_SECRET = { environmentVariable: 'PERSON_KEY_PEPPER_SECRET_ID', key: 'secret' } as const;
export const SIGNING_SECRET = { environmentVariable: 'TOKEN_SIGNING_SECRET_ID', key: 'secret' } as const;
