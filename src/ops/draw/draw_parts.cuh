// Coverage of strokes and discs: parts.rs, step by step, in the same order, so that the doubles are the same.
#pragma once
#include "types.cuh"

enum { BAR, CAPSULE, RING };

// A bar's centre, direction, half its length and half its width; a capsule's start, direction, length and radius; a
// ring's centre, radius and half its width. From row `top` to before row `bottom`.
struct Part {
    u32 kind, top, bottom;
    double x, y, a, b, c, d;
};
struct Range {
    double from, to;
    bool any;
};

constexpr double CORNER = 0.7072;

__device__ __forceinline__ double absolute(double v) { return v < 0 ? -v : v; }
__device__ __forceinline__ double lesser(double a, double b) { return b < a ? b : a; }
__device__ __forceinline__ double greater(double a, double b) { return b > a ? b : a; }
__device__ __forceinline__ double infinity() { return 1e308 * 10; }

struct Direction {
    double x, y, length;
};
__device__ __forceinline__ Direction direction(double dx, double dy) {
    double length = __dsqrt_rn(dx * dx + dy * dy);
    if (length > 0.0) return {dx / length, dy / length, length};
    return {1.0, 0.0, 0.0};
}

// How much of the unit square around the origin has p * x + q * y < t.
__device__ __forceinline__ double below(double t, double p, double q) {
    double reach = (p + q) / 2.0, even = absolute(p - q) / 2.0, size = absolute(t), above;
    if (size >= reach) above = 0.0;
    else if (size > even) above = (reach - size) * (reach - size) / (2.0 * p * q);
    else above = 0.5 - size / greater(p, q);
    return t < 0.0 ? above : 1.0 - above;
}

__device__ __forceinline__ double between(double at, double half, double nx, double ny) {
    double p = absolute(nx), q = absolute(ny);
    return below(at + half, p, q) - below(at - half, p, q);
}

__device__ __forceinline__ double within_circle(double distance, double radius, double nx, double ny) {
    if (radius <= 0.0) return 0.0;
    return below(radius - distance - 1.0 / (24.0 * greater(radius, 0.25)), absolute(nx), absolute(ny));
}

// How much of the pixel at (x, y) is covered.
__device__ __forceinline__ double part_at(const Part &p, double x, double y) {
    if (p.kind == RING) {
        Direction n = direction(x - p.x, y - p.y);
        double inside = p.b < p.a ? p.a - p.b : 0.0;
        return within_circle(n.length, p.a + p.b, n.x, n.y) - within_circle(n.length, inside, n.x, n.y);
    }
    double dx = x - p.x, dy = y - p.y;
    if (p.kind == BAR) return between(dx * p.a + dy * p.b, p.c, p.a, p.b) * between(dy * p.a - dx * p.b, p.d, p.a, p.b);
    double t = dx * p.a + dy * p.b;
    if (t < 0.0) t = 0.0;
    if (t > p.c) t = p.c;
    Direction n = direction(dx - t * p.a, dy - t * p.b);
    return t > 0.0 && t < p.c ? between(n.length, p.d, n.x, n.y) : within_circle(n.length, p.d, n.x, n.y);
}

__device__ __forceinline__ Range disc_columns(double cx, double cy, double radius, double y) {
    double dy = y - cy;
    if (radius <= 0.0 || absolute(dy) >= radius) return {0, 0, false};
    double dx = __dsqrt_rn(radius * radius - dy * dy);
    return {cx - dx, cx + dx, true};
}

// The dx with |slope * dx + offset| <= limit.
__device__ __forceinline__ Range within(double slope, double offset, double limit) {
    if (absolute(slope) < 1e-9) return {-infinity(), infinity(), absolute(offset) <= limit};
    double a = (-limit - offset) / slope, b = (limit - offset) / slope;
    return {lesser(a, b), greater(a, b), limit >= 0.0};
}

__device__ __forceinline__ Range bar_columns(double cx, double cy, double ax, double ay, double length, double width, double y) {
    double dy = y - cy;
    Range a = within(ax, dy * ay, length), b = within(-ay, dy * ax, width);
    double from = greater(a.from, b.from), to = lesser(a.to, b.to);
    return {cx + from, cx + to, a.any && b.any && from <= to};
}

__device__ __forceinline__ Range joined(Range a, Range b) {
    if (!a.any) return b;
    if (!b.any) return a;
    return {lesser(a.from, b.from), greater(a.to, b.to), true};
}

// Columns of row y that may be covered, where `grow` is CORNER; that are all covered, where it is the opposite.
__device__ __forceinline__ Range part_columns(const Part &p, double y, double grow) {
    if (p.kind == BAR) return bar_columns(p.x, p.y, p.a, p.b, p.c + grow, p.d + grow, y);
    if (p.kind == RING) {
        if (grow > 0.0 || p.b >= p.a) return disc_columns(p.x, p.y, p.a + p.b + grow, y);
        return {0, 0, false};
    }
    double half = p.c / 2.0, radius = p.d + grow;
    Range caps = joined(disc_columns(p.x, p.y, radius, y), disc_columns(p.x + p.a * p.c, p.y + p.b * p.c, radius, y));
    return joined(caps, bar_columns(p.x + p.a * half, p.y + p.b * half, p.a, p.b, half, radius, y));
}

// Whole columns of a range, both ends included, inside a row of `width`: the first and the one behind the last.
__device__ __forceinline__ int2 whole_columns(const Range &range, int width) {
    // Conversions saturate, and rows are far shorter than what an int holds.
    int end = min(max(__double2int_rd(range.to), -1) + 1, width);
    return make_int2(min(max(__double2int_ru(range.from), 0), end), end);
}

// What of a row is looked at pixel by pixel, and which part in the middle is all covered, or not at all.
struct Row {
    int from, to, skip_from, skip_to;
    u32 inside;
};
__device__ __forceinline__ Row row_of(const Part &p, u32 y, int width) {
    Row row = {0, 0, 0, 0, 0};
    if (y < p.top || y >= p.bottom) return row;
    Range some = part_columns(p, y, CORNER);
    if (!some.any) return row;
    int2 outer = whole_columns(some, width);
    row.from = outer.x, row.to = outer.y;
    row.skip_from = row.skip_to = outer.y;
    Range hole = {0, 0, false};
    if (p.kind == RING) hole = disc_columns(p.x, p.y, p.a - p.b - CORNER, y);
    bool full = !hole.any;
    if (full) hole = part_columns(p, y, -CORNER);
    if (hole.any) {
        int2 inner = whole_columns(hole, width);
        if (inner.x < inner.y) {
            row.skip_from = min(max(inner.x, row.from), row.to), row.skip_to = min(max(inner.y, row.from), row.to);
            row.inside = full ? 255 : 0;
        }
    }
    return row;
}

__device__ __forceinline__ u32 cover_of(const Part &p, const Row &row, int x, u32 y) {
    if (x < row.from || x >= row.to) return 0;
    if (x >= row.skip_from && x < row.skip_to) return row.inside;
    int cover = __double2int_rz(part_at(p, x, y) * 255.0 + 0.5);
    return min(max(cover, 0), 255);
}
