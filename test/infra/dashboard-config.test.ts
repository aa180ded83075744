import { describe, expect, test } from 'vitest';
import { dashboardConfigFile } from '../../infra/dashboard-config.ts';

const config = {
  issuerUrl: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc',
  clientId: 'client',
  scopes: { counts: 'locator/counts', leads: 'locator/leads' },
  signOutUrl: 'https://people.auth.us-east-1.amazoncognito.com/logout?client_id=client',
  accessEmail: 'locator@alpine.example.com',
};

describe('the dashboard’s configuration', () => {
  test('is what the stack’s output says', () => {
    const file = dashboardConfigFile(JSON.stringify(config));
    expect(JSON.parse(file ?? '')).toEqual(config);
  });

  test('is none where no stack has a dashboard', () => {
    expect(dashboardConfigFile(undefined)).toBeUndefined();
  });

  test('that lacks something, or has too much, is refused with its name', () => {
    const { clientId: _, ...lacking } = config;
    expect(() => dashboardConfigFile(JSON.stringify(lacking))).toThrow(/clientId/);
    const secret = { ...config, clientSecret: 'x' };
    expect(() => dashboardConfigFile(JSON.stringify(secret))).toThrow(/clientSecret/);
  });
});
