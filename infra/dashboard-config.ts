import * as z from 'zod/mini';
import { DashboardConfig } from '../shared/contract/dashboard-config.ts';

/** Name of the stack output that holds the dashboard's configuration as JSON. */
export const DASHBOARD_CONFIG_OUTPUT = 'DashboardConfig';

/** Where the configuration lies beside the pages. */
export const DASHBOARD_CONFIG_PATH = '/dashboard/config.json';

/**
 * The file at `DASHBOARD_CONFIG_PATH`, from the outputs of a deployment's stacks.
 *
 * @param outputs of all stacks, by name; `undefined` is given back when they hold no dashboard
 * @throws ZodError naming what the output lacks
 */
export function dashboardConfigFile(outputs: Readonly<Record<string, string>>): string | undefined {
  const output = outputs[DASHBOARD_CONFIG_OUTPUT];
  return output === undefined ? undefined : JSON.stringify(z.parse(DashboardConfig, JSON.parse(output)), null, 2);
}
