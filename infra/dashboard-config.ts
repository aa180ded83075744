import * as z from 'zod/mini';
import { DashboardConfig } from '../shared/contract/dashboard-config.ts';

/** Name of the stack output that holds the dashboard's configuration as JSON. */
export const DASHBOARD_CONFIG_OUTPUT = 'DashboardConfig';

/** Where the configuration lies beside the pages. */
export const DASHBOARD_CONFIG_PATH = '/dashboard/config.json';

/**
 * The file at `DASHBOARD_CONFIG_PATH`.
 *
 * @param output the stack output of that name; `undefined`, when a deployment has no dashboard, is given back
 * @throws ZodError naming what the output lacks
 */
export function dashboardConfigFile(output: string | undefined): string | undefined {
  return output === undefined ? undefined : JSON.stringify(z.parse(DashboardConfig, JSON.parse(output)), null, 2);
}
