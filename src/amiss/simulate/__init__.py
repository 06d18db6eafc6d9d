"""A booth without hardware: products that do not exist, harmed or sound, seen by cameras.

The story of a simulated capture, folder by folder:

- `prints`: what is printed on a product: text, barcodes, pictures, deceptive art.
- `shapes`: surfaces as functions, sampled into meshes and one atlas.
- `products`: cartons, bags, bottles, … built from shapes and prints.
- `damages`: what befalls them, as fields over the product at rest.
- `scene`, `rig`: the item on the tray, under the lights, before the cameras.
- `truth`: what is really to be seen in a view: item, damage, depth.
- `render`: light to pixels, path-traced or fast.
- `sensor`: pixels and depth as a camera would deliver them.

What comes from here is simulated, and says so. Figures measured on such pictures never stand in
one table with figures measured on photographs.
"""
