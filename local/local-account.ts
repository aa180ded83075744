/** The account of everything on this machine, as DynamoDB Local has it. */
export const LOCAL_ACCOUNT = '000000000000';

/** Region of stacks that name none, and of everything on this machine. */
export const LOCAL_REGION = 'us-east-1';

/** DynamoDB Local takes any alphanumeric key; a person's own credentials have no business there. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
