import { Component } from '@angular/core';
import { Desk } from './features/desk/desk';

/** The page. One view for now; the router comes with the second one. */
@Component({ selector: 'st-root', imports: [Desk], template: '<st-desk />' })
export class App {}
