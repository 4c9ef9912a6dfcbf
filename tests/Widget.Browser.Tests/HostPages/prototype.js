// What Prototype.js 1.6 does to a page: JSON of its own, iterators with two arguments, bind, remove.
Object.extend = function (to, from) { for (var name in from) to[name] = from[name]; return to };
Object.toJSON = function (object) {
  switch (typeof object) {
    case 'undefined': case 'function': case 'unknown': return undefined;
    case 'boolean': return object.toString();
  }
  if (object === null) return 'null';
  if (object.toJSON) return object.toJSON();
  var results = [];
  for (var name in object) {
    var value = Object.toJSON(object[name]);
    if (value !== undefined) results.push(name.toJSON() + ': ' + value);
  }
  return '{' + results.join(', ') + '}';
};
String.prototype.toJSON = function () { return '"' + this.replace(/[\\"]/g, '\\$&') + '"' };
Number.prototype.toJSON = function () { return isFinite(this) ? this.toString() : 'null' };
var $break = {};
var Enumerable = {
  each: function (iterator, context) {
    try { for (var i = 0; i < this.length; i++) iterator.call(context, this[i], i) } catch (e) { if (e != $break) throw e }
    return this;
  },
  all: function (iterator, context) {
    var all = true;
    this.each(function (v, i) { all = all && !!iterator.call(context, v, i); if (!all) throw $break });
    return all;
  },
  any: function (iterator, context) {
    var any = false;
    this.each(function (v, i) { if (any = !!iterator.call(context, v, i)) throw $break });
    return any;
  },
  collect: function (iterator, context) {
    var all = [];
    this.each(function (v, i) { all.push(iterator.call(context, v, i)) });
    return all;
  },
  detect: function (iterator, context) {
    var found;
    this.each(function (v, i) { if (iterator.call(context, v, i)) { found = v; throw $break } });
    return found;
  },
  findAll: function (iterator, context) {
    var all = [];
    this.each(function (v, i) { if (iterator.call(context, v, i)) all.push(v) });
    return all;
  },
  toArray: function () { return [].concat(this) },
};
Object.extend(Enumerable, {
  map: Enumerable.collect, find: Enumerable.detect, select: Enumerable.findAll, filter: Enumerable.findAll,
  entries: Enumerable.toArray, every: Enumerable.all, some: Enumerable.any,
});
Object.extend(Array.prototype, Enumerable);
Object.extend(Array.prototype, {
  first: function () { return this[0] }, last: function () { return this[this.length - 1] },
  reduce: function () { return this.length > 1 ? this : this[0] },
  clone: function () { return [].concat(this) }, size: function () { return this.length },
  toJSON: function () {
    var all = [];
    this.each(function (v) { var json = Object.toJSON(v); if (json !== undefined) all.push(json) });
    return '[' + all.join(', ') + ']';
  },
});
var $A = Array.from = function (iterable) {
  if (!iterable) return [];
  var length = iterable.length || 0, results = new Array(length);
  while (length--) results[length] = iterable[length];
  return results;
};
Function.prototype.bind = function () {
  if (arguments.length < 2 && arguments[0] === undefined) return this;
  var method = this, args = $A(arguments), object = args.shift();
  return function () { return method.apply(object, args.concat($A(arguments))) };
};
HTMLElement.prototype.remove = function () { this.parentNode.removeChild(this); return this };
Object.extend(String.prototype, {
  sub: function () { return this },
  startsWith: function (p) { return this.indexOf(p) === 0 },
  include: function (p) { return this.indexOf(p) > -1 },
});
