import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { Response } from 'express';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';

const textSchema = z
  .string()
  .meta({ example: '# TYPE spotlight_sse_connections gauge\nspotlight_sse_connections 3\n' });

/** The library's own controller, described. */
@ApiTags('operations')
@Controller()
export class MetricsController extends PrometheusController {
  @Get()
  @ApiOperation({ summary: 'Counters and gauges for Prometheus' })
  @Answers(textSchema, { description: 'Prometheus text format', type: 'text/plain' })
  override index(@Res({ passthrough: true }) response: Response): Promise<string> {
    return super.index(response);
  }
}
