"""The programs that light a scene, in GLSL 3.30.

Light that falls onto a point is computed once per scene, for every vertex and for the tray, from
a map of heights seen from above: an item lies on a tray, and all lights hang over it.
"""

from amiss.simulate.render.fast_glsl import HEAD, LIGHTS, TRAY, WHOLE

_HEIGHTS = """
uniform sampler2D heights;  // metres over the tray, seen from above
uniform sampler2D floors;   // the same from below: the item fills what lies between
uniform sampler2D broad_heights;  // both, a texel broader: rays far from where they start
uniform sampler2D broad_floors;   // take steps that would cross a thin wall
uniform vec2 low;           // corner of both with the smallest x and y, metres
uniform vec2 per_metre;     // their share per metre
uniform float top;          // highest point of the item, metres
uniform float texel;        // metres

vec2 above(vec2 place) {
    return (place - low) * per_metre;
}

// Whether a point lies under a roof and over a floor: under a lid, in an opened box, in a tear.
bool indoors(vec3 point) {
    vec2 at = above(point.xy);
    float roof = textureLod(heights, at, 0.0).r - point.z;
    // A bottom is thin, and what lies on it is in, what lies under it is not.
    float floor_ = point.z + 2.0 * texel - textureLod(floors, at, 0.0).r;
    return min(roof, floor_) > 3.0 * texel;
}

// Share of one ray to a point of a light that gets through, marched through the heights. What lies
// between them is taken for solid, but around a point indoors: its ray may leave by the door, not
// through the roof.
float passes(vec3 from, vec3 to, float phase) {
    vec3 way = to - from;
    float reach = min((top - from.z) / way.z, 1.0);
    if (reach <= 0.0) return 1.0;
    vec2 start = above(from.xy);
    vec2 leap = way.xy * per_metre * reach;
    vec2 least = min(start, start + leap);
    vec2 most = max(start, start + leap);
    if (any(lessThan(most, vec2(0.0))) || any(greaterThan(least, vec2(1.0)))) return 1.0;
    float rise = way.z * reach;
    float blocked = 0.0;
    bool in_here = indoors(from);
    float before = from.z;
    for (int k = 0; k < STEPS; k++) {
        float share = (float(k) + phase) / float(STEPS);
        float slower = sqrt(share);
        share *= slower;  // denser near the point: contact
        vec2 at = start + leap * share;
        float height = from.z + rise * share;
        bool near = k < 3;
        float ceiling = near ? textureLod(heights, at, 0.0).r
            : textureLod(broad_heights, at, 0.0).r;
        float ground = near ? textureLod(floors, at, 0.0).r : textureLod(broad_floors, at, 0.0).r;
        // A sheet is as thick as a step, or rays would slip through.
        float thick = rise * (1.5 / float(STEPS)) * slower + texel;
        float deep = min(ceiling - height, height + thick - ground);
        if (in_here) {
            if (deep <= 0.0 && ceiling > before) return 0.0;
            in_here = deep > 0.0;
            before = height;
        } else {
            blocked = max(blocked, deep);
        }
    }
    if (in_here) return 0.0;
    return 1.0 - clamp(blocked / (0.4 * texel), 0.0, 1.0);
}

// Share of each light that a point sees, whichever side of the surface it shines on.
vec4 sees(vec3 point, vec3 normal) {
    vec4 shares = vec4(0.0);
    for (int i = 0; i < 4; i++) {
        float side = dot(normal, centre[i] - point) < 0.0 ? -1.0 : 1.0;
        vec3 from = point + normal * (side * 3.0 * texel);
        float got = 0.0;
        float all = 0.0;
        for (int j = 0; j < RAYS; j++) {
            // In zigzag along the strip; each steps at a phase of its own, so that no thin wall is
            // missed by all.
            float along = (2.0 * float(j) + 1.0) / float(RAYS) - 1.0;
            float across = (j & 1) == 0 ? -0.5 : 0.5;
            vec3 to = centre[i] + half_u[i] * along + half_v[i] * across;
            float weight = max(side * dot(normal, normalize(to - from)), 0.0) + 0.001;
            got += weight * passes(from, to, fract(0.5 + 0.618034 * float(j)));
            all += weight;
        }
        shares[i] = got / all;
    }
    return shares;
}
"""

_AROUND = """
uniform sampler2D colours;  // linear albedo, seen from above
uniform vec3 lit;           // irradiance of an empty tray, in its middle

struct Around {
    vec3 walls;   // mean albedo of what stands before the sky, times its share
    float sky;    // share of the sky, by cosine
    float total;  // weight of all directions, for normalising
};

// Goes round the horizon (after Bavoil & Sainz 2008, but on the heights). In each direction one
// range of elevations is closed; sky is left above it, and under an overhang below it too.
// normal: unit.
void look(vec3 point, vec3 normal, float azimuth, inout Around seen, inout Around behind) {
    vec2 along = vec2(cos(azimuth), sin(azimuth));
    float highest = 0.0;  // sines of elevations
    float lowest = 1.0;
    vec2 wall = above(point.xy);
    float away = 2.0 * texel;
    bool in_here = indoors(point);
    bool roofed = in_here;
    float door = 0.0;  // metres to where it ends
    for (int k = 1; k <= HORIZON; k++) {
        float share = float(k) / float(HORIZON);
        float next = 2.0 * texel + 0.3 * share * share * share;
        vec2 at = above(point.xy + along * away);
        float up = textureLod(heights, at, 0.0).r - point.z - texel;
        float down = textureLod(floors, at, 0.0).r - point.z - texel;
        float upper = up * inversesqrt(up * up + away * away);
        float lower = down * inversesqrt(down * down + next * next);
        if (in_here && up > 0.0 && down < 0.0) {
            door = next;
            away = next;
            continue;
        }
        in_here = false;
        if (up > 0.0) lowest = min(lowest, lower);
        if (upper > highest) {
            highest = upper;
            wall = at;
        }
        away = next;
    }
    const vec4 bands = vec4(0.0, 1.0, 2.0, 3.0);  // four, of equal solid angle
    vec4 closed = clamp(highest * 4.0 - bands, 0.0, 1.0) - clamp(lowest * 4.0 - bands, 0.0, 1.0);
    vec4 free = (1.0 - max(closed, 0.0)) * (in_here ? 0.0 : exp(-door / DEEP));
    vec4 colour = textureLod(colours, wall, 2.0);  // alpha: how much of it is item
    vec3 albedo = roofed ? vec3(INDOORS) : colour.rgb / max(colour.a, 0.01);
    const vec4 sines = vec4(0.125, 0.375, 0.625, 0.875);
    vec4 cosines = dot(normal.xy, along) * sqrt(1.0 - sines * sines) + normal.z * sines;
    vec4 front = max(cosines, 0.0);
    vec4 back = max(-cosines, 0.0);
    const vec4 one = vec4(1.0);
    seen.sky += dot(front, free);
    seen.walls += dot(front, one - free) * albedo;
    seen.total += dot(front, one);
    behind.sky += dot(back, free);
    behind.walls += dot(back, one - free) * albedo;
    behind.total += dot(back, one);
}
"""

SEEN_FROM_ABOVE = (
    HEAD
    + """
in vec4 place;  // x, y, z, u
in vec4 turned;  // normal, v
uniform vec2 low;
uniform vec2 per_metre;
uniform float top;
uniform float side;  // 1: seen from above, -1: from below
out vec2 sheet;
out float height;
void main() {
    sheet = vec2(place.w, turned.w);
    height = place.z;
    float depth = side * clamp(place.z / (top + 0.01), -1.0, 1.0);
    gl_Position = vec4((place.xy - low) * per_metre * 2.0 - 1.0, -depth, 1.0);
}
""",
    HEAD
    + """
uniform sampler2D base;
uniform sampler2D back;
in vec2 sheet;
in float height;
layout(location = 0) out float metres;
layout(location = 1) out vec4 colour;
void main() {
    metres = height;
    vec3 outside = texture(base, sheet).rgb;
    vec3 inside = texture(back, sheet).rgb;
    colour = vec4(gl_FrontFacing ? outside : inside, 1.0);
}
""",
)

BROADEN = (
    WHOLE,
    HEAD
    + """
uniform sampler2D heights;
uniform sampler2D floors;
layout(location = 0) out float highest;
layout(location = 1) out float lowest;
void main() {
    ivec2 last = textureSize(heights, 0) - 1;
    highest = 0.0;
    lowest = 1e3;
    for (int y = -1; y <= 1; y++)
        for (int x = -1; x <= 1; x++) {
            ivec2 at = clamp(ivec2(gl_FragCoord.xy) + ivec2(x, y), ivec2(0), last);
            float here = texelFetch(heights, at, 0).r;
            highest = max(highest, here);
            // Where there is nothing, the floor says nothing.
            lowest = min(lowest, here > 0.0 ? texelFetch(floors, at, 0).r : 1e3);
        }
    lowest = highest > 0.0 ? lowest : 0.0;
}
""",
)

TRAY_LIGHT = (
    WHOLE,
    HEAD
    + LIGHTS
    + _HEIGHTS
    + _AROUND
    + TRAY
    + """
uniform sampler2D board;
uniform float cells;
layout(location = 0) out vec4 share;
layout(location = 1) out vec4 light;  // irradiance, and share of the sky
layout(location = 2) out vec4 glow;  // radiance that it sends back
void main() {
    vec3 point = vec3(point_of(gl_FragCoord.xy / cells), 0.0);
    vec3 up = vec3(0.0, 0.0, 1.0);
    share = sees(point, up);
    Around seen = Around(vec3(0.0), 0.0, 0.0);
    Around behind = seen;
    for (int k = 0; k < AZIMUTHS; k++)
        look(point, up, (float(k) + 0.5) * 2.0 * PI / float(AZIMUTHS), seen, behind);
    float open = seen.sky / seen.total;
    // A wall that stands on the tray gets less light than the tray, from one side only.
    vec3 bounced = seen.walls / seen.total * lit * (WALL * (0.4 + 0.6 * open));
    vec3 sum = open * PI * environment + bounced;
    for (int i = 0; i < 4; i++) sum += radiance[i] * share[i] * reaches(i, point, up);
    light = vec4(sum, open);
    vec3 albedo = textureLod(board, vec2(0.5) + point.xy / size * vec2(1.0, -1.0), 2.0).rgb;
    glow = vec4(albedo * sum / PI, 1.0);
}
""",
)

ITEM_LIGHT = (
    WHOLE,
    HEAD
    + LIGHTS
    + _HEIGHTS
    + _AROUND
    + TRAY
    + """
uniform sampler2D places;
uniform sampler2D normals;
uniform sampler2D tray_glow;
layout(location = 0) out vec4 share;
layout(location = 1) out vec4 front;  // irradiance, and share of free directions
layout(location = 2) out vec4 rear;   // the same of the other side
layout(location = 3) out vec4 flow;   // how irradiance changes as the normal turns (luminance)

// How deep a height lies inside the item.
float inside(vec2 at, float height, float thick) {
    float ceiling = textureLod(heights, at, 0.0).r - height;
    return min(ceiling, height + thick - textureLod(floors, at, 0.0).r);
}

// What comes from below: the tray, the surroundings beside it, or a wall in between.
void look_down(vec3 point, vec3 normal, float azimuth, inout Around seen, inout Around behind,
               inout vec4 below, inout vec4 below_behind) {
    vec2 along = vec2(cos(azimuth), sin(azimuth));
    for (int k = 0; k < 3; k++) {
        float sine = (float(k) + 0.5) / 3.0;
        float cosine = sqrt(1.0 - sine * sine);
        float away = max(point.z, 0.0) * cosine / sine + 2.0 * texel;
        vec2 hit = point.xy + along * away;
        vec3 light = on_tray(hit) ? textureLod(tray_glow, cell_of(hit), 1.0).rgb : environment;
        vec2 third = above(mix(point.xy, hit, 0.3));
        vec2 later = above(mix(point.xy, hit, 0.7));
        float over = max(inside(third, 0.7 * point.z, 0.3 * point.z),
                         inside(later, 0.3 * point.z, 0.3 * point.z));
        float shut = clamp(over / (4.0 * texel), 0.0, 1.0);
        vec4 colour = textureLod(colours, third, 2.0);
        vec3 albedo = colour.rgb / max(colour.a, 0.01);
        float aligned = dot(normal, vec3(along * cosine, -sine)) * (4.0 / 3.0);  // as many as above
        float front = max(aligned, 0.0);
        float back = max(-aligned, 0.0);
        below += front * (1.0 - shut) * vec4(light, 1.0);
        below_behind += back * (1.0 - shut) * vec4(light, 1.0);
        seen.walls += front * shut * albedo;
        seen.total += front * shut;
        behind.walls += back * shut * albedo;
        behind.total += back * shut;
    }
}

vec4 gather(Around seen, vec4 below) {
    float total = max(seen.total + below.a, 1e-4);
    float open = (seen.sky + 0.3 * below.a) / (seen.total + 0.3 * below.a + 1e-4);
    // The deeper inside, the less light the walls have to give.
    vec3 bounced = seen.walls * lit * (WALL * open);
    vec3 sum = seen.sky * PI * environment + bounced + below.rgb * PI;
    return vec4(sum / total, (seen.sky + below.a) / total);
}

void main() {
    ivec2 cell = ivec2(gl_FragCoord.xy);
    vec3 point = texelFetch(places, cell, 0).xyz;
    vec3 normal = texelFetch(normals, cell, 0).xyz;
    share = sees(point, normal);
    Around seen = Around(vec3(0.0), 0.0, 0.0);
    Around behind = seen;
    vec4 below = vec4(0.0);
    vec4 below_behind = vec4(0.0);
    for (int k = 0; k < AZIMUTHS; k++) {
        float azimuth = (float(k) + 0.5) * 2.0 * PI / float(AZIMUTHS);
        look(point, normal, azimuth, seen, behind);
        look_down(point, normal, azimuth, seen, behind, below, below_behind);
    }
    front = gather(seen, below);
    rear = gather(behind, below_behind);
    flow = vec4(0.0);
    for (int i = 0; i < 4; i++) {
        vec3 light = radiance[i] * share[i];
        float before = reaches(i, point, normal);
        float behind = reaches(i, point, -normal);
        front.rgb += light * before;
        rear.rgb += light * behind;
        vec3 way = centre[i] - point;
        float square = dot(way, way);
        float strength = max(-dot(facing[i], way), 0.0) / (square * square);
        flow.xyz += dot(light, vec3(0.2126, 0.7152, 0.0722)) * strength * way;
    }
}
""",
)
