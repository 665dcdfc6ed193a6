import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { register } from 'prom-client';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';

const metricsSchema = z.array(z.record(z.string(), z.unknown())).meta({
  example: [
    {
      name: 'spotlight_sse_connections',
      help: 'Open streams',
      type: 'gauge',
      values: [{ value: 3, labels: {} }],
    },
  ],
});

/** The metrics for programs that do not read Prometheus text. */
@ApiTags('operations')
@Controller('api/metrics/json')
export class MetricsJsonController {
  @Get()
  @ApiOperation({ summary: 'The same metrics as /api/metrics, as JSON' })
  @Answers(metricsSchema, {
    description: 'One entry a metric: name, help, type and values with their labels',
  })
  read(): Promise<object[]> {
    return register.getMetricsAsJSON();
  }
}
