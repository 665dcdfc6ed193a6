// A Nest application with one route and nothing else.
// Usage: node bare-nest.mjs <port>
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

class ReadyController {
  ready() {
    return { status: 'ok' };
  }
}
const { prototype } = ReadyController;
Get('ready')(prototype, 'ready', Object.getOwnPropertyDescriptor(prototype, 'ready'));
Controller()(ReadyController);

class AppModule {}
Module({ controllers: [ReadyController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(Number(process.argv[2]), '127.0.0.1');
