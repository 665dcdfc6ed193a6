import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';

const manifest = readFileSync('deploy/kubernetes/spotlight-trader.yaml', 'utf8');
const compose = readFileSync('docker-compose.yml', 'utf8');

describe('S-K81: what is deployed', () => {
  test.each([
    'runAsNonRoot: true',
    'readOnlyRootFilesystem: true',
    'allowPrivilegeEscalation: false',
    'capabilities: { drop: [ALL] }',
    'seccompProfile: { type: RuntimeDefault }',
    'automountServiceAccountToken: false',
    'rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }',
    'terminationGracePeriodSeconds: 30',
    'sleep: { seconds: 5 }',
    'limits: { memory: 1Gi }',
  ])('in the cluster: %s', (line) => {
    expect(manifest).toContain(line);
  });

  test('liveness asks no dependency, readiness and start do', () => {
    const pathOf = (probe: string): string | undefined =>
      new RegExp(`${probe}:\\n\\s+httpGet: \\{ path: (\\S+),`).exec(manifest)?.[1];
    expect(['livenessProbe', 'readinessProbe', 'startupProbe'].map(pathOf)).toEqual([
      '/health',
      '/ready',
      '/ready',
    ]);
  });

  test.each([
    'Deployment',
    'Service',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
    'NetworkPolicy',
    'ServiceAccount',
  ])('in the cluster: one %s', (kind) => {
    expect(manifest.match(new RegExp(`^kind: ${kind}$`, 'gm'))).toHaveLength(1);
  });

  test('secrets are given by name, never written down', () => {
    for (const name of ['APP_PIN', 'SESSION_SECRET', 'METRICS_TOKEN', 'DATABASE_URL', 'REDIS_URL'])
      expect(manifest).not.toMatch(new RegExp(`^\\s+${name}:`, 'm'));
    for (const name of ['APP_PIN', 'SESSION_SECRET', 'POSTGRES_PASSWORD'])
      expect(compose).toContain(`\${${name}:?`);
  });

  test('on one machine: only the desk is published, on loopback unless told otherwise', () => {
    expect(compose.match(/^ {4}ports:$/gm)).toHaveLength(1);
    expect(compose).toContain('${BIND:-127.0.0.1}');
    expect(compose).toContain('internal: true');
    expect(compose).not.toContain('network_mode');
  });
});
