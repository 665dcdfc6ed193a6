import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { register } from 'prom-client';

/** The metrics for programs that do not read Prometheus text. */
@ApiTags('operations')
@Controller('api/metrics/json')
export class MetricsJsonController {
  @Get()
  @ApiOperation({ summary: 'The same metrics as /api/metrics, as JSON' })
  @ApiOkResponse({ description: 'One entry a metric: name, help, type and values with their labels' })
  read(): Promise<object[]> {
    return register.getMetricsAsJSON();
  }
}
